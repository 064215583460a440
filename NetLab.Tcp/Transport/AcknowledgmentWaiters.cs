using NetLab.Tcp.Connections;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Transport;

/// <summary>Applications that wait until the peer has what they wrote, in the order in which they wrote it. Used on the loop only.</summary>
internal sealed class AcknowledgmentWaiters
{
    private readonly Queue<(long Offset, TaskCompletionSource Waiter)> _waiters = new();

    /// <summary>Adds one.</summary>
    /// <param name="offset">The stream offset up to which the peer must have acknowledged; never below an earlier one's.</param>
    /// <param name="waiter">Who waits.</param>
    public void Add(long offset, TaskCompletionSource waiter) => _waiters.Enqueue((offset, waiter));

    /// <summary>Adds one who waits for all that was written so far, and tells it at once where nothing is left to wait for.</summary>
    /// <param name="connection">Whose bytes; null for one that never came to be.</param>
    /// <param name="waiter">Who waits.</param>
    public void Add(Connection? connection, TaskCompletionSource waiter)
    {
        if (connection is null)
        {
            Complete(waiter, CloseReason.Aborted);
        }
        else if (connection.AcknowledgedUpTo >= connection.WrittenUpTo)
        {
            waiter.TrySetResult();
        }
        else
        {
            Add(connection.WrittenUpTo, waiter);
        }
    }

    /// <summary>The peer has acknowledged everything before an offset.</summary>
    public void OnAcknowledged(long upTo)
    {
        while (_waiters.TryPeek(out (long Offset, TaskCompletionSource Waiter) first) && first.Offset <= upTo)
        {
            _waiters.Dequeue().Waiter.TrySetResult();
        }
    }

    /// <summary>The connection is over: nothing more will be acknowledged.</summary>
    public void OnEnded(CloseReason reason)
    {
        while (_waiters.TryDequeue(out (long Offset, TaskCompletionSource Waiter) first))
        {
            Complete(first.Waiter, reason);
        }
    }

    /// <summary>Tells one of a connection that is over: a finished one has had everything acknowledged, and the FIN behind it.</summary>
    public static void Complete(TaskCompletionSource waiter, CloseReason reason)
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
}
