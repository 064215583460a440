using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>
/// Queues for flows that take turns by bytes (deficit round robin), new ones first, each under CoDel (RFC 8290).
/// </summary>
internal sealed class FqCoDelQueue(FqCoDelSettings settings, QueueLimit limit, ulong seed, IQueueDrops drops) : QueueDiscipline(limit, drops)
{
    // RFC 8290, 4.1: at most so many are dropped at once from the queue that is longest.
    private const int MaxBatch = 64;

    private readonly FlowQueue?[] _flows = new FlowQueue?[settings.Flows];
    private readonly LinkedList<FlowQueue> _new = new();
    private readonly LinkedList<FlowQueue> _old = new();
    private readonly LinkRandom _random = new(seed);
    private readonly CoDelSettings _codel = new() { Target = settings.Target, Interval = settings.Interval, Ecn = settings.Ecn };
    private int _maxDatagram;

    /// <inheritdoc/>
    public override bool NeedsFlow => true;

    /// <inheritdoc/>
    public override void Enqueue(Instant now, in QueuedDatagram datagram, double inService)
    {
        // The hash is salted, so that nobody can choose to share a queue with someone (RFC 8290, 4.1.1).
        FlowQueue flow = _flows[_random.Bits(datagram.Flow, LinkRandom.Purpose.FlowBucket) % (ulong)_flows.Length] ??= new FlowQueue(this);
        bool hasRoom = HasRoomFor(datagram, inService);
        _maxDatagram = Math.Max(_maxDatagram, datagram.Bytes);
        flow.Append(datagram);
        if (!flow.IsListed)
        {
            flow.Deficit = settings.Quantum;
            _new.AddLast(flow.Node);
        }

        if (!hasRoom)
        {
            DropFromLongest(now);
        }
    }

    /// <inheritdoc/>
    public override bool TryDequeue(Instant now, out QueuedDatagram datagram)
    {
        while ((_new.First ?? _old.First) is { } node)
        {
            FlowQueue flow = node.Value;
            if (flow.Deficit <= 0)
            {
                flow.Deficit += settings.Quantum;
                MoveToOld(node);
            }
            else if (flow.TryDequeue(now, out datagram))
            {
                flow.Deficit -= datagram.Bytes;
                return true;
            }
            else if (node.List == _new && _old.Count > 0)
            {
                // RFC 8290, 4.2: a new flow that has run empty goes behind the old ones, else it could starve them by coming back.
                MoveToOld(node);
            }
            else
            {
                node.List!.Remove(node);
            }
        }

        datagram = default;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryRemove(out QueuedDatagram datagram)
    {
        while ((_new.First ?? _old.First) is { } node)
        {
            if (node.Value.TryTake(out datagram))
            {
                return true;
            }

            node.List!.Remove(node);
        }

        datagram = default;
        return false;
    }

    private void MoveToOld(LinkedListNode<FlowQueue> node)
    {
        node.List!.Remove(node);
        _old.AddLast(node);
    }

    // RFC 8290, 4.1: half of the longest queue goes, from its head, so that an overload costs its cause and few steps a datagram.
    private void DropFromLongest(Instant now)
    {
        FlowQueue? longest = null;
        foreach (FlowQueue? flow in _flows)
        {
            longest = flow is not null && flow.Bytes > (longest?.Bytes ?? 0) ? flow : longest;
        }

        long half = longest!.Bytes / 2;
        for (int i = 0; i < MaxBatch && longest.Bytes > half && longest.TryTake(out QueuedDatagram datagram); i++)
        {
            Drops.OnDropped(datagram, now, isEarly: false);
        }
    }

    /// <summary>One flow's queue; flows whose hashes agree share it.</summary>
    private sealed class FlowQueue : ICoDelQueue
    {
        private readonly FqCoDelQueue _parent;
        private readonly Queue<QueuedDatagram> _waiting = new();
        private CoDelState _state;

        public FlowQueue(FqCoDelQueue parent)
        {
            _parent = parent;
            Node = new LinkedListNode<FlowQueue>(this);
        }

        public LinkedListNode<FlowQueue> Node { get; }

        public bool IsListed => Node.List is not null;

        public int Deficit { get; set; }

        public long Bytes { get; private set; }

        public void Append(in QueuedDatagram datagram)
        {
            _waiting.Enqueue(datagram);
            Bytes += datagram.Bytes;
            _parent.Count++;
            _parent.Bytes += datagram.Bytes;
        }

        public bool TryTake(out QueuedDatagram datagram)
        {
            if (!_waiting.TryDequeue(out datagram))
            {
                return false;
            }

            Bytes -= datagram.Bytes;
            _parent.Count--;
            _parent.Bytes -= datagram.Bytes;
            return true;
        }

        public bool TryDequeue(Instant now, out QueuedDatagram datagram)
        {
            FlowQueue self = this;
            return _state.TryDequeue(ref self, _parent._codel, now, _parent._maxDatagram, out datagram);
        }

        public void Drop(in QueuedDatagram datagram, Instant now) => _parent.Drops.OnDropped(datagram, now, isEarly: true);
    }
}
