using System.Net;
using System.Net.Sockets;
using NetLab.Host.Measurement.Datagrams;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Streams;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Measurement;

/// <summary>Measures with a server of measurements: sends to it, is sent to by it, both, or asks and is answered.</summary>
/// <param name="address">Where it is.</param>
/// <param name="remote">The same, looked up.</param>
/// <param name="recorder">Records datagrams of NetLab's transports; null for not.</param>
/// <param name="answer">Told when it has answered.</param>
/// <param name="observer">Hears of what arrives here.</param>
internal sealed class PerfClient(LabAddress address, IPEndPoint remote, LabRecorder? recorder, PeerAnswer answer, IPerfObserver observer)
{
    /// <summary>The one way of a measurement, or the other; not both.</summary>
    /// <param name="plan">What to measure.</param>
    /// <param name="cancellationToken">Ends it early; what was measured until then is told.</param>
    /// <exception cref="IOException">Nobody answers there, the answer is no, or the server has gone.</exception>
    public async Task<PerfRun> RunAsync(PerfSettings plan, CancellationToken cancellationToken)
    {
        PerfStart start = PerfStart.Now();
        bool isReverse = plan.Direction == PerfDirection.Reverse;
        PerfOutcome outcome = address.IsStream
            ? await StreamAsync(plan, isReverse, cancellationToken).ConfigureAwait(false)
            : await OnPortAsync(port => isReverse
                ? new DatagramPerfReceiver(port, DatagramAddress.From(remote), plan, answer, observer).Run(cancellationToken)
                : new DatagramPerfClient(port, DatagramAddress.From(remote), plan, answer).Run(cancellationToken)).ConfigureAwait(false);
        return outcome.ToRun(LabAddress.SchemeOf(address.Transport), 1, start) with { Direction = isReverse ? "reverse" : null };
    }

    /// <summary>Both ways at the same time, the one up first.</summary>
    public Task<PerfRun[]> RunBothAsync(PerfSettings plan, CancellationToken cancellationToken) => Task.WhenAll(
        RunAsync(plan with { Direction = PerfDirection.Forward, IsOneOfTwo = true }, cancellationToken),
        RunAsync(plan with { Direction = PerfDirection.Reverse, IsOneOfTwo = true }, cancellationToken));

    /// <summary>Small messages there and back at a steady pace, by the same transport as what is measured.</summary>
    /// <param name="probe">Says when, and hears what came back.</param>
    /// <param name="ready">Told when it begins.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="abort">Breaks it off.</param>
    public async Task ProbeAsync(PacedProbe probe, Action ready, CancellationToken stop, CancellationToken abort)
    {
        var plan = new PerfSettings(address.Transport, 1400, 1) { Mode = PerfMode.Latency, Polls = false };
        if (address.IsStream)
        {
            var connector = new PerfConnector(address, remote, plan, recorder: null);
            await using (connector.ConfigureAwait(false))
            {
                await new StreamProbe(connector, plan, answer).RunAsync(probe, ready, stop, abort).ConfigureAwait(false);
            }

            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        await OnPortAsync(port =>
        {
            new DatagramProbe(port, DatagramAddress.From(remote), plan, answer).Run(probe, ready, end.Token);
            return true;
        }).ConfigureAwait(false);
    }

    private async Task<PerfOutcome> StreamAsync(PerfSettings plan, bool isReverse, CancellationToken cancellationToken)
    {
        var connector = new PerfConnector(address, remote, plan, recorder);
        await using (connector.ConfigureAwait(false))
        {
            return plan.Mode != PerfMode.Throughput ? await new StreamExchangeClient(connector, plan, answer).RunAsync(cancellationToken).ConfigureAwait(false)
                : isReverse ? await new StreamPerfReceiver(connector, plan, answer, observer).RunAsync(cancellationToken).ConfigureAwait(false)
                : await new StreamPerfClient(connector, plan, answer).RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // A thread of its own: it blocks and spins, and the pool's threads are for others.
    private Task<T> OnPortAsync<T>(Func<IDatagramPort, T> measure) => Task.Factory.StartNew(
        () =>
        {
            var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            using IDatagramPort port = DatagramPort.Open(address.Transport, any, remote, recorder);
            return measure(port);
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
