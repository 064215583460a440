using System.Diagnostics.CodeAnalysis;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>
/// When the connections of an endpoint want to be called, the earliest first. Only earlier deadlines are entered: one that is put
/// off, as most are, is found out when the old one comes.
/// </summary>
internal sealed class TimerQueue
{
    private const int MinStale = 64;

    private readonly PriorityQueue<ConnectionEntry, Instant> _queue = new();
    private int _rebuildAt = MinStale;

    /// <summary>Entries in the queue, those that deadlines put forward have left behind counted.</summary>
    public int Count => _queue.Count;

    /// <summary>The earliest deadline, or <see cref="Instant.Never"/>.</summary>
    public Instant Next
    {
        get
        {
            while (_queue.TryPeek(out ConnectionEntry? entry, out Instant deadline))
            {
                if (IsLive(entry, deadline))
                {
                    return deadline;
                }

                _queue.Dequeue();
            }

            return Instant.Never;
        }
    }

    /// <summary>A connection wants to be called at a moment at the latest; <see cref="Instant.Never"/> for not at all.</summary>
    public void Schedule(ConnectionEntry entry, Instant deadline)
    {
        if (deadline >= entry.ScheduledAt)
        {
            return;
        }

        entry.ScheduledAt = deadline;
        _queue.Enqueue(entry, deadline);
        if (_queue.Count > _rebuildAt)
        {
            Rebuild();
        }
    }

    /// <summary>Takes out a connection whose deadline has come; it may have been put off since.</summary>
    public bool TryTake(Instant now, [NotNullWhen(true)] out ConnectionEntry? entry)
    {
        while (_queue.TryPeek(out entry, out Instant deadline) && deadline <= now)
        {
            _queue.Dequeue();
            if (IsLive(entry, deadline))
            {
                entry.ScheduledAt = Instant.Never;
                return true;
            }
        }

        entry = null;
        return false;
    }

    private static bool IsLive(ConnectionEntry entry, Instant deadline) => !entry.IsRemoved && entry.ScheduledAt == deadline;

    // When most entries are stale the heap is made anew: it takes memory by the number of connections, however they move.
    private void Rebuild()
    {
        (ConnectionEntry Entry, Instant Deadline)[] live = [.. _queue.UnorderedItems.Where(item => IsLive(item.Element, item.Priority))];
        _queue.Clear();
        _queue.EnqueueRange(live);
        _rebuildAt = (2 * live.Length) + MinStale;
    }
}
