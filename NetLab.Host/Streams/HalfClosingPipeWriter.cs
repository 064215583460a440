using System.IO.Pipelines;
using System.Net.Sockets;

namespace NetLab.Host.Streams;

/// <summary>A pipe writer over a kernel socket whose completion sends the FIN, as NetLab's own pipes do.</summary>
internal sealed class HalfClosingPipeWriter(PipeWriter inner, Socket socket) : PipeWriter
{
    private bool _completed;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void Complete(Exception? exception = null) => CompleteAsync(exception).AsTask().GetAwaiter().GetResult();

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        try
        {
            await inner.FlushAsync().ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // The peer has gone: there is nobody left to be told that we are done.
        }
    }
}
