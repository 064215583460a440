using System.Threading.Channels;
using NetLab.Host.Rendering;
using NetLab.Host.Streams;

namespace NetLab.Host.Transfers;

/// <summary>
/// Those who connect to a receiver. The first who offers a file is served; who closes, is silent or speaks something else holds nobody
/// up, and who comes while a file is being received is told so.
/// </summary>
/// <param name="listener">Where they connect.</param>
/// <param name="timeout">How long one may take to offer a file.</param>
internal sealed class SenderQueue(StreamListener listener, TimeSpan timeout) : IAsyncDisposable
{
    // Waiting to hear an offer costs a connection each.
    private const int MaxWaiting = 64;

    private readonly Channel<(LabStream Stream, FileOffer Offer)> _offers = Channel.CreateUnbounded<(LabStream, FileOffer)>();
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _hellos = [];
    private Task? _accepting;
    private int _isTaken;

    /// <summary>Waits for the one who is served.</summary>
    /// <exception cref="IOException">The listener has failed.</exception>
    public async Task<(LabStream Stream, FileOffer Offer)> NextAsync(CancellationToken cancellationToken)
    {
        _accepting = AcceptAsync();
        try
        {
            return await _offers.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException error)
        {
            throw error.InnerException as IOException ?? new IOException($"{listener.Address}: the listener was closed", error);
        }
    }

    /// <summary>Turns to nobody any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_accepting is not null)
        {
            await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_hellos).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                LabStream stream = await listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                _hellos.RemoveAll(h => h.IsCompleted);
                _hellos.Add(ReadHelloAsync(stream));
                if (_hellos.Count >= MaxWaiting)
                {
                    await Task.WhenAny(_hellos).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            _offers.Writer.TryComplete();
        }
        catch (Exception error)
        {
            _offers.Writer.TryComplete(new IOException($"{listener.Address}: {error.Message}", error));
        }
    }

    private async Task ReadHelloAsync(LabStream stream)
    {
        try
        {
            FileOffer offer = await StreamFileReceiver.ReadOfferAsync(stream, timeout, _closing.Token).ConfigureAwait(false);
            if (Interlocked.Exchange(ref _isTaken, 1) == 0)
            {
                _offers.Writer.TryWrite((stream, offer));
                return;
            }

            await StreamFileReceiver.RefuseAsync(stream, "another file is being received", _closing.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            stream.Abort();
            if (error is IOException)
            {
                await Console.Error.WriteLineAsync($"nlab: {stream.RemoteEndPoint}: {PlainText.Of(error.Message)}").ConfigureAwait(false);
            }
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
