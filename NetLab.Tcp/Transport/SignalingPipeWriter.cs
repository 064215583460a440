using System.IO.Pipelines;
using NetLab.Tcp.Memory;

namespace NetLab.Tcp.Transport;

/// <summary>The application's end of the output pipe: the same pipe, and whoever sends learns of every flush.</summary>
/// <param name="inner">The pipe's own writer.</param>
/// <param name="onWritten">Called after every flush.</param>
/// <param name="gate">What a flush waits for besides; null for nothing.</param>
/// <param name="share">What a flush waits for while memory is short; null for nothing.</param>
internal sealed class SignalingPipeWriter(PipeWriter inner, Action onWritten, LowWaterGate? gate, SendShare? share) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush()
    {
        // A pipe that has nothing to cancel would cancel the next flush.
        if (gate?.TryCancel() != true && share?.TryCancel() != true)
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
        long bytes = share is null ? 0 : inner.UnflushedBytes;
        ValueTask<FlushResult> flush = inner.FlushAsync(cancellationToken);
        onWritten();
        return Pass(flush, bytes, cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        gate?.Close();
        long bytes = share is null ? 0 : inner.UnflushedBytes + source.Length;
        ValueTask<FlushResult> write = inner.WriteAsync(source, cancellationToken);
        onWritten();
        return Pass(write, bytes, cancellationToken);
    }

    private ValueTask<FlushResult> Pass(ValueTask<FlushResult> flush, long bytes, CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> passed = gate is null ? flush : gate.PassAsync(flush, cancellationToken);
        return share is null ? passed : share.PassAsync(passed, bytes, cancellationToken);
    }
}
