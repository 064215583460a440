using System.IO.Pipelines;

namespace NetLab.Tcp.Memory;

/// <summary>
/// Holds a writer back while memory is short: once half of the budget is used, a flush waits until the peer has acknowledged what the
/// connection holds above its share. Without it each of many connections whose peers take nothing fills its send buffer, and all of them
/// together what there is.
/// </summary>
/// <param name="budget">What all connections may hold.</param>
/// <param name="size">The send buffer, in bytes.</param>
/// <remarks>The writer's, but for <see cref="OnAcknowledged"/> and <see cref="End"/>, which are the loop's.</remarks>
internal sealed class SendShare(MemoryBudget budget, int size)
{
    private long _written;
    private long _acknowledged;
    private volatile bool _ended;
    private TaskCompletionSource<bool>? _waiting;

    private bool HasRoom => _ended || _written - Volatile.Read(ref _acknowledged) <= budget.Allow(size);

    /// <summary>Waits for the pipe, and then for the connection's share.</summary>
    /// <param name="flush">The pipe's flush.</param>
    /// <param name="bytes">Bytes that it hands over.</param>
    /// <param name="cancellationToken">Gives up waiting; the bytes are handed over all the same.</param>
    public ValueTask<FlushResult> PassAsync(ValueTask<FlushResult> flush, long bytes, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _written, _written + bytes);
        return HasRoom ? flush : WaitAsync(flush, cancellationToken);
    }

    /// <summary>The writer no longer wants to wait.</summary>
    /// <returns>Whether it waited here, and not for the pipe.</returns>
    public bool TryCancel() => Volatile.Read(ref _waiting)?.TrySetResult(true) == true;

    /// <summary>The peer has so many bytes more.</summary>
    public void OnAcknowledged(long bytes)
    {
        Volatile.Write(ref _acknowledged, _acknowledged + bytes);
        Look();
    }

    /// <summary>Nothing will be sent any more.</summary>
    public void End()
    {
        _ended = true;
        Look();
    }

    private void Look()
    {
        // After what was written above, and before the look: the writer does the two the other way around.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) is { } waiting && HasRoom)
        {
            waiting.TrySetResult(false);
        }
    }

    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        FlushResult result = await flush.ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled)
        {
            return result;
        }

        var waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _waiting, waiting);
        Interlocked.MemoryBarrier();
        try
        {
            return HasRoom ? result : new FlushResult(isCanceled: await waiting.Task.WaitAsync(cancellationToken).ConfigureAwait(false), isCompleted: false);
        }
        finally
        {
            Volatile.Write(ref _waiting, null);
        }
    }
}
