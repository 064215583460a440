using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>First in, first out; what finds no room is dropped. With a threshold it marks what finds more than that waiting.</summary>
internal sealed class DropTailQueue(DropTailSettings settings, QueueLimit limit, IQueueDrops drops) : FifoQueue(limit, drops)
{
    /// <inheritdoc/>
    public override void Enqueue(Instant now, in QueuedDatagram datagram, double inService)
    {
        if (!HasRoomFor(datagram, inService))
        {
            Drops.OnDropped(datagram, now, isEarly: false);
            return;
        }

        bool marks = settings.Mark > 0 && Bytes + inService > settings.Mark && datagram.IsEcnCapable;
        Append(marks ? datagram.Marked() : datagram);
    }
}
