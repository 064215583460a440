using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace NetLab.Tcp.Transport;

/// <summary>
/// The application's end of the input pipe: the same pipe, and the receive window learns what was consumed. A connection that was
/// broken off shows as an exception, but not before what had arrived has been seen: as a kernel has it, whose queue outlives the RST.
/// </summary>
/// <param name="inner">The pipe's own reader.</param>
/// <param name="onConsumed">Told how many bytes were consumed.</param>
/// <param name="onWaiting">Told that a read has to wait for more than there is.</param>
/// <param name="onCompleted">Told that nothing more is read.</param>
/// <remarks>A read that waits is handed on through this object itself: nothing is allocated for it, and one is under way at a time, as a pipe has it.</remarks>
internal sealed class CountingPipeReader(PipeReader inner, Action<long> onConsumed, Action onWaiting, Action onCompleted) : PipeReader, IValueTaskSource<ReadResult>
{
    private ManualResetValueTaskSourceCore<ReadResult> _waiting;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _reading;
    private bool _isReading;
    private Action? _onRead;
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
        if (_isReading)
        {
            throw new InvalidOperationException("A read is under way: one at a time.");
        }

        ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter reading = AwaiterOf(inner.ReadAsync(cancellationToken));
        _waiting.Reset();
        (_reading, _isReading) = (reading, true);
        if (reading.IsCompleted)
        {
            OnRead();
        }
        else
        {
            onWaiting();
            reading.UnsafeOnCompleted(_onRead ??= OnRead);
        }

        return new ValueTask<ReadResult>(this, _waiting.Version);
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

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _waiting.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _waiting.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    private static ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter AwaiterOf(ValueTask<ReadResult> reading) =>
        reading.ConfigureAwait(false).GetAwaiter();

    private void OnRead()
    {
        ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter reading = _reading;
        (_reading, _isReading) = (default, false);
        ReadResult result;
        try
        {
            result = Take(reading.GetResult());
        }
        catch (Exception error)
        {
            _waiting.SetException(error);
            return;
        }

        _waiting.SetResult(result);
    }

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
