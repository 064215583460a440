using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>A queue under CoDel (RFC 8289).</summary>
internal sealed class CoDelQueue(CoDelSettings settings, QueueLimit limit, IQueueDrops drops) : FifoQueue(limit, drops)
{
    private CoDelState _state;
    private int _maxDatagram;

    /// <inheritdoc/>
    public override void Enqueue(Instant now, in QueuedDatagram datagram, double inService)
    {
        if (!HasRoomFor(datagram, inService))
        {
            Drops.OnDropped(datagram, now, isEarly: false);
            return;
        }

        _maxDatagram = Math.Max(_maxDatagram, datagram.Bytes);
        Append(datagram);
    }

    /// <inheritdoc/>
    public override bool TryDequeue(Instant now, out QueuedDatagram datagram)
    {
        var controlled = new Controlled(this);
        return _state.TryDequeue(ref controlled, settings, now, _maxDatagram, out datagram);
    }

    private readonly struct Controlled(CoDelQueue queue) : ICoDelQueue
    {
        public long Bytes => queue.Bytes;

        public bool TryTake(out QueuedDatagram datagram) => queue.TryRemove(out datagram);

        public void Drop(in QueuedDatagram datagram, Instant now) => queue.Drops.OnDropped(datagram, now, isEarly: true);
    }
}
