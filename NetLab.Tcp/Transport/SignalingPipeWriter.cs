using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>The application's end of the output pipe: the same pipe, and whoever sends learns of every flush.</summary>
/// <param name="inner">The pipe's own writer.</param>
/// <param name="onWritten">Called after every flush.</param>
/// <param name="gate">What a flush waits for besides; null for nothing.</param>
internal sealed class SignalingPipeWriter(PipeWriter inner, Action onWritten, LowWaterGate? gate) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush()
    {
        // A pipe that has nothing to cancel would cancel the next flush.
        if (gate is null || !gate.TryCancel())
        {
            inner.CancelPendingFlush();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        onWritten();
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        // The bytes are committed when the call returns, even if it waits for room: the sender may look at once.
        gate?.Close();
        ValueTask<FlushResult> flush = inner.FlushAsync(cancellationToken);
        onWritten();
        return gate is null ? flush : gate.PassAsync(flush, cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        gate?.Close();
        ValueTask<FlushResult> write = inner.WriteAsync(source, cancellationToken);
        onWritten();
        return gate is null ? write : gate.PassAsync(write, cancellationToken);
    }
}
