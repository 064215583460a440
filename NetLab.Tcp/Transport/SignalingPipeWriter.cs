using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>The application's end of the output pipe: the same pipe, and whoever sends learns of every flush.</summary>
internal sealed class SignalingPipeWriter(PipeWriter inner, Action onWritten) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        onWritten();
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        // The bytes are committed when the call returns, even if it waits for room: the sender may look at once.
        ValueTask<FlushResult> flush = inner.FlushAsync(cancellationToken);
        onWritten();
        return flush;
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> write = inner.WriteAsync(source, cancellationToken);
        onWritten();
        return write;
    }
}
