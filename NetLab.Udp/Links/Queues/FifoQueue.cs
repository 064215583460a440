using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>A queue in the order of arrival: what all disciplines but those that are fair to flows have in common.</summary>
internal abstract class FifoQueue(QueueLimit limit, IQueueDrops drops) : QueueDiscipline(limit, drops)
{
    private readonly Queue<QueuedDatagram> _waiting = new();

    /// <inheritdoc/>
    public override bool TryDequeue(Instant now, out QueuedDatagram datagram) => TryRemove(out datagram);

    /// <inheritdoc/>
    public override bool TryRemove(out QueuedDatagram datagram)
    {
        if (!_waiting.TryDequeue(out datagram))
        {
            return false;
        }

        Count--;
        Bytes -= datagram.Bytes;
        return true;
    }

    /// <summary>Puts a datagram at the end.</summary>
    protected void Append(in QueuedDatagram datagram)
    {
        _waiting.Enqueue(datagram);
        Count++;
        Bytes += datagram.Bytes;
    }
}
