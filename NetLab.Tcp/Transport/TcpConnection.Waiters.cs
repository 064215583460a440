using NetLab.Tcp.Connections;

namespace NetLab.Tcp.Transport;

/// <content>Who waits until the peer has what was written.</content>
public sealed partial class TcpConnection
{
    private readonly Queue<(long Offset, TaskCompletionSource Waiter)> _waiters = new();

    /// <summary>
    /// Waits until the peer's TCP has acknowledged all that was written and flushed before: it is there, though perhaps not read yet.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting; nothing is taken back.</param>
    /// <exception cref="IOException">The connection ended before that.</exception>
    public Task WaitForAcknowledgedAsync(CancellationToken cancellationToken = default)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_endpoint.TryPost(() => Await(waiter)))
        {
            waiter.TrySetException(new ObjectDisposedException(nameof(TcpEndpoint)));
        }

        return waiter.Task.WaitAsync(cancellationToken);
    }

    // On the loop, where what was flushed is looked at first.
    private void Await(TaskCompletionSource waiter)
    {
        OnSignal();
        if (_ended.Task is { IsCompleted: true } ended)
        {
            Settle(waiter, ended.GetAwaiter().GetResult());
        }
        else if (Entry is not { } entry)
        {
            Settle(waiter, CloseReason.Aborted);
        }
        else if (entry.Connection.AcknowledgedUpTo >= entry.Connection.WrittenUpTo)
        {
            waiter.TrySetResult();
        }
        else
        {
            _waiters.Enqueue((entry.Connection.WrittenUpTo, waiter));
        }
    }

    // Who has finished has had everything acknowledged, and the FIN behind it.
    private static void Settle(TaskCompletionSource waiter, CloseReason reason)
    {
        if (reason == CloseReason.Finished)
        {
            waiter.TrySetResult();
        }
        else
        {
            waiter.TrySetException(new IOException("The connection ended before the peer acknowledged everything."));
        }
    }

    private void SettleAcknowledged()
    {
        while (_waiters.TryPeek(out (long Offset, TaskCompletionSource Waiter) waiting) && waiting.Offset <= Entry!.Connection.AcknowledgedUpTo)
        {
            _waiters.Dequeue().Waiter.TrySetResult();
        }
    }

    private void SettleAll(CloseReason reason)
    {
        while (_waiters.TryDequeue(out (long Offset, TaskCompletionSource Waiter) waiting))
        {
            Settle(waiting.Waiter, reason);
        }
    }
}
