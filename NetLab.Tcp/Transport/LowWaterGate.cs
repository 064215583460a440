using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>
/// Lets a writer go on once little of what it wrote is unsent, instead of as soon as the send buffer has room: what it would
/// write next may be out of date by the time it could leave (TCP_NOTSENT_LOWAT of other systems).
/// </summary>
internal sealed class LowWaterGate
{
    private TaskCompletionSource<bool>? _waiting;
    private volatile bool _isWaitedFor;

    /// <summary>The writer is about to write: it has to wait until <see cref="Open"/> is called from now on.</summary>
    public void Close() => Volatile.Write(ref _waiting, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Little is unsent, or nothing will ever be sent again.</summary>
    public void Open() => Volatile.Read(ref _waiting)?.TrySetResult(false);

    /// <summary>The writer no longer wants to wait.</summary>
    /// <returns>Whether it waited here, and not for the pipe.</returns>
    public bool TryCancel() => _isWaitedFor && Volatile.Read(ref _waiting)!.TrySetResult(true);

    /// <summary>Waits for the pipe, and then for the gate.</summary>
    public async ValueTask<FlushResult> PassAsync(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        Task<bool> opened = Volatile.Read(ref _waiting)!.Task;
        FlushResult result = await flush.ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled)
        {
            return result;
        }

        _isWaitedFor = true;
        try
        {
            return new FlushResult(isCanceled: await opened.WaitAsync(cancellationToken).ConfigureAwait(false), isCompleted: false);
        }
        finally
        {
            _isWaitedFor = false;
        }
    }
}
