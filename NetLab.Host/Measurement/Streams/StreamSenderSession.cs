using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Streams;

/// <summary>One measurement at its sender, where that is the server: the streams that its client has opened, and the connection beside them.</summary>
/// <param name="id">Its number.</param>
/// <param name="settings">What is to be sent.</param>
internal sealed class StreamSenderSession(ulong id, PerfSettings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PerfConnection?[] _streams = new PerfConnection?[settings.Streams];
    private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = settings.Streams;

    public ulong Id { get; } = id;

    public int Streams => _streams.Length;

    /// <summary>Completes when nothing more is done with the streams.</summary>
    public Task Completion => _over.Task;

    /// <summary>Takes a stream, whose place only one connection may have.</summary>
    public bool TryAdd(int stream, PerfConnection connection)
    {
        if (stream < 0 || stream >= _streams.Length || Interlocked.CompareExchange(ref _streams[stream], connection, null) is not null)
        {
            return false;
        }

        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _whole.TrySetResult();
        }

        return true;
    }

    /// <summary>Sends, tells the client what it was, and waits until that one is done.</summary>
    /// <param name="control">The connection beside the streams.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task RunAsync(PerfConnection control, CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stop = new CancellationTokenSource();
        using CancellationTokenRegistration abort = gone.Token.Register(() => Array.ForEach(_streams, stream => stream?.Abort()));
        Task watching = WatchAsync(control, stop, gone);
        try
        {
            await _whole.Task.WaitAsync(Patience, gone.Token).ConfigureAwait(false);
            PerfSenderReport report = await new StreamSender(_streams!, settings).RunAsync(gone.Token, stop.Token).ConfigureAwait(false);
            await control.WriteAsync(new PerfMessage { Session = Id, Sent = report }, gone.Token).ConfigureAwait(false);

            // It has everything when it says goodbye; before, the last bytes may be on their way.
            await watching.WaitAsync(PerfSettings.Silence, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _over.TrySetResult();
        }
    }

    // What the client says meanwhile: that it is enough, and, by the end of its stream, that it is done or gone.
    private static async Task WatchAsync(PerfConnection control, CancellationTokenSource stop, CancellationTokenSource gone)
    {
        try
        {
            while (true)
            {
                if ((await control.ReadAsync(PerfConnection.LongestHello, gone.Token).ConfigureAwait(false)).Stop)
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            try
            {
                await gone.CancelAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // It is over, and nobody waits for it any more.
            }
        }
    }
}
