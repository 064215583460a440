using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>What is on its way over a link, by the time it leaves, and the memory that it takes. For one thread.</summary>
/// <param name="capacity">Bytes of memory that it may take, with what waits before the line.</param>
/// <typeparam name="TTag">What travels with a datagram.</typeparam>
internal sealed class LinkTransit<TTag>(long capacity)
{
    // Most datagrams leave in the order they came: they need no sorting. The others wait in a heap, by time and then order.
    private readonly Queue<TransitDatagram<TTag>> _inOrder = new();
    private readonly PriorityQueue<TransitDatagram<TTag>, (long DeliverAt, long Order)> _outOfOrder = new();
    private readonly DatagramStore _store = new(capacity);
    private Instant _lastInOrder;
    private long _order;

    /// <summary>Bytes of memory in use.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the next one leaves; <see cref="Instant.Never"/> if none is there.</summary>
    public Instant NextDelivery => Instant.Min(
        _inOrder.TryPeek(out TransitDatagram<TTag> first) ? first.DeliverAt : Instant.Never,
        _outOfOrder.TryPeek(out TransitDatagram<TTag> other, out _) ? other.DeliverAt : Instant.Never);

    /// <summary>Whether there is memory for so many bytes more.</summary>
    public bool HasRoomFor(int length) => Bytes + CostOf(length) <= capacity;

    /// <summary>Memory with what a datagram has in it; <see cref="GiveBack"/> takes it back.</summary>
    public byte[] Keep(ReadOnlySpan<byte> datagram)
    {
        byte[] bytes = _store.Take(datagram.Length);
        datagram.CopyTo(bytes);
        Bytes += CostOf(datagram.Length);
        return bytes;
    }

    /// <summary>
    /// Memory with what stands in a buffer: the buffer itself where that is no waste, and the caller has another one then; so the bytes
    /// are moved by nobody.
    /// </summary>
    /// <param name="buffer">The buffer, of <see cref="DatagramStore.LargestSize"/>.</param>
    /// <param name="length">Bytes of it that are used.</param>
    public byte[] Keep(ref byte[] buffer, int length)
    {
        if (DatagramStore.SizeFor(length) != buffer.Length)
        {
            return Keep(buffer.AsSpan(0, length));
        }

        byte[] kept = buffer;
        buffer = _store.Take(length);
        Bytes += CostOf(length);
        return kept;
    }

    /// <summary>Takes memory back.</summary>
    public void GiveBack(byte[] bytes, int length)
    {
        Bytes -= CostOf(length);
        _store.Return(bytes);
    }

    /// <summary>Puts something on its way.</summary>
    public void Add(TransitDatagram<TTag> datagram)
    {
        datagram = datagram with { Order = ++_order };

        // One that is held back would make all behind it look early.
        if ((datagram.Outcome.Effects & LinkEffects.HeldBack) == 0 && (_inOrder.Count == 0 || datagram.DeliverAt >= _lastInOrder))
        {
            _lastInOrder = datagram.DeliverAt;
            _inOrder.Enqueue(datagram);
        }
        else
        {
            _outOfOrder.Enqueue(datagram, (datagram.DeliverAt.Ticks, datagram.Order));
        }
    }

    /// <summary>Puts a second one of the same on its way, in memory of its own.</summary>
    public void AddCopy(in TransitDatagram<TTag> datagram) => Add(datagram with { Bytes = Keep(datagram.Bytes.AsSpan(0, datagram.Length)), IsCopy = true });

    /// <summary>Takes what is due, earliest first.</summary>
    public bool TryTake(Instant now, out TransitDatagram<TTag> datagram)
    {
        bool hasOther = _outOfOrder.TryPeek(out TransitDatagram<TTag> other, out _);
        if (_inOrder.TryPeek(out datagram)
            && (!hasOther || (datagram.DeliverAt.Ticks, datagram.Order).CompareTo((other.DeliverAt.Ticks, other.Order)) < 0))
        {
            return datagram.DeliverAt <= now && _inOrder.TryDequeue(out datagram);
        }

        datagram = other;
        return hasOther && other.DeliverAt <= now && _outOfOrder.TryDequeue(out datagram, out _);
    }

    /// <summary>Takes one by its number on the link, with its copies behind it; a look at all there is. Not one of a batch.</summary>
    public List<TransitDatagram<TTag>> Take(long ordinal)
    {
        var found = new List<TransitDatagram<TTag>>();
        for (int left = _inOrder.Count; left > 0; left--)
        {
            TransitDatagram<TTag> datagram = _inOrder.Dequeue();
            if (IsMeant(datagram))
            {
                found.Add(datagram);
            }
            else
            {
                _inOrder.Enqueue(datagram);
            }
        }

        (TransitDatagram<TTag> Datagram, (long DeliverAt, long Order) Key)[] others = [.. _outOfOrder.UnorderedItems];
        _outOfOrder.Clear();
        foreach ((TransitDatagram<TTag> datagram, (long DeliverAt, long Order) key) in others)
        {
            if (IsMeant(datagram))
            {
                found.Add(datagram);
            }
            else
            {
                _outOfOrder.Enqueue(datagram, key);
            }
        }

        found.Sort((a, b) => a.IsCopy.CompareTo(b.IsCopy));
        return found;

        bool IsMeant(in TransitDatagram<TTag> datagram) => datagram.Outcome.Ordinal == ordinal && datagram.SegmentSize == 0;
    }

    // What a datagram on the link takes of memory: its array, and its place in a queue.
    private static long CostOf(int length) => DatagramStore.SizeFor(length) + 160;
}
