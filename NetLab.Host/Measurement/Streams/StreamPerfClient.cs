using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Streams;

/// <summary>A client that sends by streams to a server of measurements.</summary>
/// <param name="connector">Opens connections; stays the caller's.</param>
/// <param name="plan">What to measure.</param>
/// <param name="answer">Told when the server has answered.</param>
internal sealed class StreamPerfClient(PerfConnector connector, PerfSettings plan, PeerAnswer answer)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly List<PerfConnection> _connections = [];

    /// <summary>Measures.</summary>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public async Task<PerfOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var opening = new StreamOpening(connector, answer);
            for (int stream = 0; stream < plan.Streams; stream++)
            {
                var hello = new PerfHello(plan.Streams, plan.SegmentSize, plan.WarmUp.TotalMilliseconds) { Stream = stream, IsOneOfTwo = plan.IsOneOfTwo, IntervalMs = plan.Interval.TotalMilliseconds };
                await opening.OpenAsync(_connections, hello, cancellationToken).ConfigureAwait(false);
            }

            return await MeasureAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (PerfConnection connection in _connections)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<PerfOutcome> MeasureAsync(CancellationToken cancellationToken)
    {
        // Who interrupts gets a report if the other half still answers, and an end in any case.
        using var abort = new CancellationTokenSource();
        using CancellationTokenRegistration soon = cancellationToken.Register(() => abort.CancelAfter(Grace));
        using CancellationTokenRegistration now = abort.Token.Register(() => _connections.ForEach(c => c.Abort()));
        try
        {
            PerfSenderReport sent = await new StreamSender(_connections, plan).RunAsync(abort.Token, cancellationToken).ConfigureAwait(false);

            // What still has to arrive takes as long as the link takes; a peer that is gone is found out by the transport.
            PerfMessage said = await _connections[0].ReadAsync(PerfConnection.LongestReport, abort.Token).ConfigureAwait(false);
            return PerfOutcome.Of(sent, said.Report ?? throw new IOException("the receiver gave no report"));
        }
        catch (Exception) when (abort.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
