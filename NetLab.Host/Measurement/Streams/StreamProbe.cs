using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Streams;

/// <summary>Small messages there and back at a steady pace, by a stream of their own beside the load.</summary>
/// <param name="connector">Opens it; stays the caller's.</param>
/// <param name="plan">Whose transport it has.</param>
/// <param name="answer">Told when the server has answered.</param>
internal sealed class StreamProbe(PerfConnector connector, PerfSettings plan, PeerAnswer answer)
{
    /// <summary>Probes until cancelled.</summary>
    /// <param name="probe">Says when, and hears what came back.</param>
    /// <param name="ready">Told when it begins.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="abort">Breaks it off.</param>
    /// <exception cref="IOException">Nobody answers there, the answer is no, or the server has gone.</exception>
    public async Task RunAsync(PacedProbe probe, Action ready, CancellationToken stop, CancellationToken abort)
    {
        var connections = new List<PerfConnection>();
        try
        {
            var hello = new PerfHello(1, plan.SegmentSize, 0) { Mode = PerfMode.Latency };
            await new StreamOpening(connector, answer).OpenAsync(connections, hello, abort).ConfigureAwait(false);
            ready();
            double at = 0;
            await connections[0].PingPongAsync(Message.Bytes, MoreAsync, (took, right) => probe.Record(at, took), abort).ConfigureAwait(false);
            await connections[0].ReadAsync(PerfConnection.LongestReport, abort).ConfigureAwait(false);

            async ValueTask<bool> MoreAsync()
            {
                // Timers that count milliseconds may end a wait too early.
                for (TimeSpan wait = probe.UntilNext; wait > TimeSpan.Zero && !stop.IsCancellationRequested; wait = probe.UntilNext)
                {
                    await Task.Delay(wait + TimeSpan.FromMilliseconds(0.5), CancellationToken.None).ConfigureAwait(false);
                }

                if (stop.IsCancellationRequested)
                {
                    return false;
                }

                at = probe.CountSent();
                return true;
            }
        }
        finally
        {
            foreach (PerfConnection connection in connections)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
