using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Streams;

/// <summary>
/// A client that is sent to by streams: the other way than <see cref="StreamPerfClient"/>. A connection beside the measured ones says when to
/// stop, and brings what the sender knows.
/// </summary>
/// <param name="connector">Opens connections; stays the caller's.</param>
/// <param name="plan">What the server is to send.</param>
/// <param name="answer">Told when the server has answered.</param>
/// <param name="observer">Hears of what arrives.</param>
internal sealed class StreamPerfReceiver(PerfConnector connector, PerfSettings plan, PeerAnswer answer, IPerfObserver observer)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly List<PerfConnection> _connections = [];

    /// <summary>Measures.</summary>
    /// <exception cref="IOException">Nobody answers there, the answer is no, or the server has gone.</exception>
    public async Task<PerfOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var opening = new StreamOpening(connector, answer);
            var hello = new PerfHello(plan.Streams, plan.SegmentSize, plan.WarmUp.TotalMilliseconds)
            {
                IsOneOfTwo = plan.IsOneOfTwo,
                Stream = PerfHello.ControlStream,
                IntervalMs = plan.Interval.TotalMilliseconds,
                Load = PerfLoad.Of(plan),
            };
            await opening.OpenAsync(_connections, hello, cancellationToken).ConfigureAwait(false);
            for (int stream = 0; stream < plan.Streams; stream++)
            {
                await opening.OpenAsync(_connections, hello with { Stream = stream }, cancellationToken).ConfigureAwait(false);
            }

            return await MeasureAsync(new StreamReceiverSession(opening.Session, hello, interval => observer.OnInterval(1, interval)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (PerfConnection connection in _connections)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<PerfOutcome> MeasureAsync(StreamReceiverSession session, CancellationToken cancellationToken)
    {
        PerfConnection control = _connections[0];
        using var abort = new CancellationTokenSource();
        using CancellationTokenRegistration soon = cancellationToken.Register(() => abort.CancelAfter(Grace));
        using CancellationTokenRegistration now = abort.Token.Register(() => _connections.ForEach(c => c.Abort()));
        try
        {
            Task receiving = Task.WhenAll(_connections.Skip(1).Select((connection, stream) => ReceiveAsync(connection, session, stream, abort.Token)));
            Task<PerfReport> watching = session.WatchAsync(abort.Token);
            using CancellationTokenRegistration stop = cancellationToken.Register(() => _ = StopAsync(control, abort.Token));
            PerfReport report = await watching.ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
            PerfMessage said = await control.ReadAsync(PerfConnection.LongestReport, abort.Token).ConfigureAwait(false);
            await control.EndAsync(abort.Token).ConfigureAwait(false);
            return PerfOutcome.Of(said.Sent ?? throw new IOException("the server gave no report"), report);
        }
        catch (Exception) when (abort.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (TimeoutException error)
        {
            throw new IOException("the server has gone", error);
        }
    }

    private static async Task ReceiveAsync(PerfConnection connection, StreamReceiverSession session, int stream, CancellationToken abort)
    {
        try
        {
            await connection.ReceivePatternAsync(session.CheckOf(stream), abort).ConfigureAwait(false);
            session.End();
        }
        catch (Exception error)
        {
            session.Break(error);
            throw;
        }
    }

    private static async Task StopAsync(PerfConnection control, CancellationToken abort)
    {
        try
        {
            await control.WriteAsync(new PerfMessage { Stop = true }, abort).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The server has gone, and whoever waits for it hears of that.
        }
    }
}
