using System.Buffers;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// One direction of a link at work: datagrams go in, the model decides, and each comes out when it is due.
/// It has no clock of its own, so the same link serves virtual and real time.
/// </summary>
/// <typeparam name="TTag">What travels with a datagram: where it is going.</typeparam>
public sealed class EmulatedLink<TTag>
{
    private readonly PriorityQueue<Waiting, (Instant DeliverAt, long Order)> _waiting = new();
    private readonly long _capacity;
    private long _order;
    private long _latestDelivered;

    /// <summary>Makes an empty link.</summary>
    /// <param name="model">Decides what happens to each datagram.</param>
    /// <param name="capacity">Bytes that may be on the link at once; what exceeds them is dropped as by a full queue.</param>
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

    /// <summary>Told of every outcome, in the order of entry.</summary>
    public Action<LinkOutcome>? Log { get; set; }

    /// <summary>Bytes on the link now, headers counted.</summary>
    public long BytesOnLink { get; private set; }

    /// <summary>When the next datagram is due, or <see cref="Instant.Never"/>.</summary>
    public Instant NextDelivery => _waiting.TryPeek(out _, out (Instant DeliverAt, long Order) due) ? due.DeliverAt : Instant.Never;

    /// <summary>Puts a datagram onto the link.</summary>
    public void Enter(Instant now, ReadOnlySpan<byte> datagram, TTag tag)
    {
        LinkOutcome outcome = Model.Pass(now, datagram);
        int copies = outcome.IsDuplicated ? 2 : 1;
        if (!outcome.IsDropped && BytesOnLink + (copies * CostOf(datagram.Length)) > _capacity)
        {
            outcome = outcome with { Effects = LinkEffects.QueueDrop, DeliverAt = Instant.Never, CorruptedBit = -1 };
        }

        Statistics.CountEntry(outcome);
        Log?.Invoke(outcome);
        if (outcome.IsDropped)
        {
            return;
        }

        for (int copy = 0; copy < copies; copy++)
        {
            byte[] bytes = ArrayPool<byte>.Shared.Rent(datagram.Length);
            datagram.CopyTo(bytes);
            if (outcome.CorruptedBit >= 0)
            {
                bytes[outcome.CorruptedBit / 8] ^= (byte)(0x80 >> (outcome.CorruptedBit % 8));
            }

            BytesOnLink += CostOf(datagram.Length);
            _waiting.Enqueue(new Waiting(bytes, datagram.Length, tag, outcome.Ordinal, copy > 0), (outcome.DeliverAt, ++_order));
        }
    }

    /// <summary>Takes the next datagram that is due, earliest first.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="deliver">Receives the bytes, which are only its own during the call, and the tag.</param>
    /// <returns>False when nothing is due.</returns>
    public bool TryDeliver(Instant now, LinkDelivery<TTag> deliver)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        if (NextDelivery > now || !_waiting.TryDequeue(out Waiting waiting, out _))
        {
            return false;
        }

        bool overtaken = !waiting.IsCopy && waiting.Ordinal < _latestDelivered;
        _latestDelivered = Math.Max(_latestDelivered, waiting.Ordinal);
        Statistics.CountDelivery(overtaken);
        BytesOnLink -= CostOf(waiting.Length);
        try
        {
            deliver(waiting.Bytes.AsSpan(0, waiting.Length), waiting.Tag);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(waiting.Bytes);
        }

        return true;
    }

    // With IP and UDP header, so that empty datagrams are not free.
    private static long CostOf(int length) => length + 28;

    private readonly record struct Waiting(byte[] Bytes, int Length, TTag Tag, long Ordinal, bool IsCopy);
}
