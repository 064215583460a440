using System.Net;
using System.Net.Sockets;
using NetLab.Host.Measurement.Datagrams;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Streams;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Measurement;

/// <summary>The two halves of a measurement, each in the process that runs it.</summary>
internal static class PerfHalves
{
    /// <summary>Sends, as planned, to a receiving half.</summary>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public static async Task<PerfOutcome> SendAsync(
        LabAddress address, PerfSettings plan, bool allowRemote, LabRecorder? recorder, CancellationToken cancellationToken)
    {
        IPEndPoint remote = address.ResolvePeer(allowRemote);
        if (address.IsStream)
        {
            var connector = new PerfConnector(remote, plan, recorder);
            await using (connector.ConfigureAwait(false))
            {
                return plan.Mode == PerfMode.Throughput
                    ? await new StreamPerfClient(connector, plan).RunAsync(cancellationToken).ConfigureAwait(false)
                    : await new StreamExchangeClient(connector, plan).RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        using IDatagramPort port = Open(address.Transport, any, remote, recorder);
        var client = new DatagramPerfClient(port, DatagramAddress.From(remote), plan);

        // A thread of its own: it blocks and spins, and the pool's threads are for others.
        return await Task.Factory.StartNew(
            () => client.Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>Receives at an address.</summary>
    /// <param name="address">Where.</param>
    /// <param name="allowRemote">Whether that may be reached from other machines.</param>
    /// <param name="once">Whether to end after one measurement.</param>
    /// <param name="polls">Whether streams' sockets are polled.</param>
    /// <param name="observer">Hears of it.</param>
    /// <param name="recorder">Records datagrams of NetLab's transports; null for not.</param>
    /// <param name="onListening">Told where it listens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public static async Task ReceiveAsync(
        LabAddress address, bool allowRemote, bool once, bool polls, IPerfObserver observer, LabRecorder? recorder, Action<LabAddress> onListening,
        CancellationToken cancellationToken)
    {
        IPEndPoint local = address.Resolve(allowRemote);
        if (address.IsStream)
        {
            StreamPerfListener listener = Bind(address, () => new StreamPerfListener(address.Transport, local, polls, recorder));
            await using (listener.ConfigureAwait(false))
            {
                onListening(address.At(listener.LocalEndPoint));
                await new StreamPerfServer(listener, observer).RunAsync(once, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        using IDatagramPort port = Bind(address, () => Open(address.Transport, local, null, recorder));
        onListening(address.At(port.LocalEndPoint));
        await Task.Factory.StartNew(
            () => new DatagramPerfServer(port, observer).Run(once, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    // Only where it binds is the address to blame for a socket's error.
    private static T Bind<T>(LabAddress address, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }
    }

    private static IDatagramPort Open(LabTransport transport, IPEndPoint local, IPEndPoint? remote, LabRecorder? recorder) => transport == LabTransport.Udp
        ? new BatchedDatagramPort(local, remote, recorder)
        : new KernelDatagramPort(local, remote);
}
