using System.IO.Pipelines;
using System.Runtime.ExceptionServices;

namespace NetLab.Tcp.Transport;

/// <summary>
/// The application's end of the input pipe: the same pipe, and the receive window learns what was consumed. A connection that was
/// broken off shows as an exception, but not before what had arrived has been seen: as a kernel has it, whose queue outlives the RST.
/// </summary>
/// <param name="inner">The pipe's own reader.</param>
/// <param name="onConsumed">Told how many bytes were consumed.</param>
/// <param name="onWaiting">Told that a read has to wait for more than there is.</param>
/// <param name="onCompleted">Told that nothing more is read.</param>
internal sealed class CountingPipeReader(PipeReader inner, Action<long> onConsumed, Action onWaiting, Action onCompleted) : PipeReader
{
    private ReadResult _read;
    private long _consumed;
    private long _examined;
    private volatile Exception? _failure;

    /// <summary>What a read throws that finds nothing new at the end of the pipe; set before the pipe is completed.</summary>
    public void FailAtEnd(Exception failure) => _failure = failure;

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long bytes = _read.Buffer.Slice(_read.Buffer.Start, consumed).Length;
        _examined = Math.Max(_examined, _consumed + _read.Buffer.Slice(_read.Buffer.Start, examined).Length);
        _read = default;
        inner.AdvanceTo(consumed, examined);
        if (bytes > 0)
        {
            _consumed += bytes;
            onConsumed(bytes);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        onCompleted();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = inner.ReadAsync(cancellationToken);
        if (!reading.IsCompleted)
        {
            onWaiting();
        }

        return TakeAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            onWaiting();
            return false;
        }

        result = Take(result);
        return true;
    }

    private async ValueTask<ReadResult> TakeAsync(ValueTask<ReadResult> reading) => Take(await reading.ConfigureAwait(false));

    private ReadResult Take(ReadResult result)
    {
        long end = _consumed + result.Buffer.Length;
        if (result.IsCompleted && _failure is { } failure)
        {
            if (end <= _examined && !result.IsCanceled)
            {
                inner.AdvanceTo(result.Buffer.Start);
                ExceptionDispatchInfo.Throw(failure);
            }

            // There is more than the reader has looked at, and it is no end that comes after it.
            result = new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
        }

        _read = result;
        return result;
    }
}
