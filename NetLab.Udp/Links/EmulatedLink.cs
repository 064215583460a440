using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// One direction of a link at work: datagrams go in, the model decides, and each comes out when it is due.
/// It has no clock of its own, so the same link serves virtual and real time.
/// </summary>
/// <typeparam name="TTag">What travels with a datagram: where it is going.</typeparam>
public sealed class EmulatedLink<TTag>
{
    // Most datagrams leave in the order they came: they need no sorting. The others wait in a heap, by time and then order.
    private readonly Queue<Waiting> _inOrder = new();
    private readonly PriorityQueue<Waiting, (long DeliverAt, long Order)> _outOfOrder = new();
    private readonly DatagramStore _store = new();
    private readonly long _capacity;
    private Instant _lastInOrder;
    private long _order;
    private long _latestDelivered;
    private long _latestAside;

    /// <summary>Makes an empty link.</summary>
    /// <param name="model">Decides what happens to each datagram.</param>
    /// <param name="capacity">Bytes of memory that what is on the link may take; what exceeds them is dropped as by a full queue.</param>
    public EmulatedLink(LinkModel model, long capacity = 256 << 20)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _capacity = capacity;
    }

    /// <summary>The model in force.</summary>
    public LinkModel Model { get; }

    /// <summary>What the link has done so far.</summary>
    public LinkStatistics Statistics { get; } = new();

    /// <summary>What it has done to datagrams that are <see cref="IsAside"/>, which are in no other count.</summary>
    public LinkStatistics Aside { get; } = new();

    /// <summary>Says which datagrams to count apart; null for none.</summary>
    public DatagramAside? IsAside { get; init; }

    /// <summary>Told of every outcome, in the order of entry.</summary>
    public Action<LinkOutcome>? Log { get; set; }

    /// <summary>Bytes of memory that what is on the link takes now.</summary>
    public long BytesOnLink { get; private set; }

    /// <summary>When the next datagram is due, or <see cref="Instant.Never"/>.</summary>
    public Instant NextDelivery => Instant.Min(
        _inOrder.TryPeek(out Waiting first) ? first.DeliverAt : Instant.Never,
        _outOfOrder.TryPeek(out Waiting other, out _) ? other.DeliverAt : Instant.Never);

    /// <summary>Puts a datagram onto the link.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="datagram">Its payload.</param>
    /// <param name="tag">What is to leave with it.</param>
    /// <param name="ecn">Its ECN field.</param>
    public void Enter(Instant now, ReadOnlySpan<byte> datagram, TTag tag, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        LinkOutcome outcome = Model.Pass(now, datagram, ecn) with { IsAside = IsAside?.Invoke(datagram) == true };
        int copies = outcome.IsDuplicated ? 2 : 1;
        if (!outcome.IsDropped && BytesOnLink + (copies * CostOf(datagram.Length)) > _capacity)
        {
            outcome = outcome with { Effects = LinkEffects.QueueDrop, DeliverAt = Instant.Never, CorruptedBit = -1 };
        }

        (outcome.IsAside ? Aside : Statistics).CountEntry(outcome);
        Log?.Invoke(outcome);
        if (outcome.IsDropped)
        {
            return;
        }

        for (int copy = 0; copy < copies; copy++)
        {
            byte[] bytes = _store.Take(datagram.Length);
            datagram.CopyTo(bytes);
            if (outcome.CorruptedBit >= 0)
            {
                bytes[outcome.CorruptedBit / 8] ^= (byte)(0x80 >> (outcome.CorruptedBit % 8));
            }

            BytesOnLink += CostOf(datagram.Length);
            Add(new Waiting(bytes, datagram.Length, tag, outcome, copy > 0, ++_order));
        }
    }

    /// <summary>Takes the next datagram that is due, earliest first.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="deliver">Receives the bytes, which are only its own during the call, and the tag.</param>
    /// <returns>False when nothing is due.</returns>
    public bool TryDeliver(Instant now, LinkDelivery<TTag> deliver)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (!TryTake(now, out Waiting waiting))
        {
            return false;
        }

        ref long latest = ref waiting.Outcome.IsAside ? ref _latestAside : ref _latestDelivered;
        bool overtaken = !waiting.IsCopy && waiting.Outcome.Ordinal < latest;
        latest = Math.Max(latest, waiting.Outcome.Ordinal);
        (waiting.Outcome.IsAside ? Aside : Statistics).CountDelivery(overtaken, waiting.Length);
        BytesOnLink -= CostOf(waiting.Length);
        try
        {
            deliver(waiting.Bytes.AsSpan(0, waiting.Length), waiting.Tag, waiting.Outcome.Ecn);
        }
        finally
        {
            _store.Return(waiting.Bytes);
        }

        return true;
    }

    // What a datagram on the link takes of memory: its array, and its place in a queue.
    private static long CostOf(int length) => DatagramStore.SizeFor(length) + 160;

    private void Add(in Waiting waiting)
    {
        // One that is held back would make all behind it look early.
        if ((waiting.Outcome.Effects & LinkEffects.HeldBack) == 0 && (_inOrder.Count == 0 || waiting.DeliverAt >= _lastInOrder))
        {
            _lastInOrder = waiting.DeliverAt;
            _inOrder.Enqueue(waiting);
        }
        else
        {
            _outOfOrder.Enqueue(waiting, (waiting.DeliverAt.Ticks, waiting.Order));
        }
    }

    private bool TryTake(Instant now, out Waiting waiting)
    {
        bool hasOther = _outOfOrder.TryPeek(out Waiting other, out _);
        if (_inOrder.TryPeek(out waiting)
            && (!hasOther || (waiting.DeliverAt.Ticks, waiting.Order).CompareTo((other.DeliverAt.Ticks, other.Order)) < 0))
        {
            return waiting.DeliverAt <= now && _inOrder.TryDequeue(out waiting);
        }

        waiting = other;
        return hasOther && other.DeliverAt <= now && _outOfOrder.TryDequeue(out waiting, out _);
    }

    private readonly record struct Waiting(byte[] Bytes, int Length, TTag Tag, LinkOutcome Outcome, bool IsCopy, long Order)
    {
        public Instant DeliverAt => Outcome.DeliverAt;
    }
}
