using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// One direction of a link at work: datagrams go in, the model decides, and each comes out when it is due.
/// It has no clock of its own, so the same link serves virtual and real time.
/// </summary>
/// <typeparam name="TTag">What travels with a datagram: where it is going.</typeparam>
public sealed class EmulatedLink<TTag> : ILinkFates
{
    // What is planned for datagrams that may never come must not grow without end.
    private const int MaxPlanned = 1024;

    private readonly LinkTransit<TTag> _transit;
    private readonly SlotTable<Entered> _entered = new();
    private readonly Dictionary<long, List<LinkIntervention>> _planned = [];
    private long _ordinal;
    private long _latestDelivered;
    private long _latestAside;

    /// <summary>Makes an empty link.</summary>
    /// <param name="model">Decides what happens to each datagram; this link's alone.</param>
    /// <param name="capacity">Bytes of memory that what is on the link may take; what exceeds them is dropped as by a full queue.</param>
    public EmulatedLink(LinkModel model, long capacity = 256 << 20)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Model.Fates = this;
        _transit = new LinkTransit<TTag>(capacity);
    }

    /// <summary>The model in force.</summary>
    public LinkModel Model { get; }

    /// <summary>What the link has done so far.</summary>
    public LinkStatistics Statistics { get; } = new();

    /// <summary>What it has done to datagrams that are <see cref="IsAside"/>, which are in no other count.</summary>
    public LinkStatistics Aside { get; } = new();

    /// <summary>Says which datagrams to count apart; null for none.</summary>
    public DatagramAside? IsAside { get; init; }

    /// <summary>Says by a tag which flow a datagram belongs to, for queues that are fair to flows; null if all are one.</summary>
    public Func<TTag, uint>? FlowOf { get; init; }

    /// <summary>Told of every outcome when it is decided: as the datagram leaves the queue, or is dropped.</summary>
    public Action<LinkOutcome>? Log { get; set; }

    /// <summary>Told of every change of the link at its time.</summary>
    public Action<LinkChange>? Changes { get; set; }

    /// <summary>Takes what leaves as a batch; without it nothing may enter as one.</summary>
    internal LinkBatchDelivery<TTag>? BatchDelivery { get; init; }

    /// <summary>Bytes of memory that what is on the link takes now.</summary>
    public long BytesOnLink => _transit.Bytes;

    /// <summary>
    /// When <see cref="TryDeliver(Instant, LinkDelivery{TTag})"/> has something to do next, or <see cref="Instant.Never"/>: a datagram is due, one leaves the
    /// queue, or the link changes.
    /// </summary>
    public Instant NextEvent => Instant.Min(Model.NextEvent, _transit.NextDelivery);

    /// <summary>The latest moment to call <see cref="TryDeliver(Instant, LinkDelivery{TTag})"/> if nothing is to come out late.</summary>
    internal Instant NextDeadline => Instant.Min(Model.NextDeadline, _transit.NextDelivery);

    /// <summary>Puts a datagram onto the link.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="datagram">Its payload.</param>
    /// <param name="tag">What is to leave with it.</param>
    /// <param name="ecn">Its ECN field.</param>
    public void Enter(Instant now, ReadOnlySpan<byte> datagram, TTag tag, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        bool isAside = IsAside?.Invoke(datagram) == true;
        (isAside ? Aside : Statistics).CountEntry(datagram.Length);
        bool hasRoom = _transit.HasRoomFor(datagram.Length);
        byte[] bytes = hasRoom ? _transit.Keep(datagram) : [];
        int slot = _entered.Add(new Entered(bytes, tag, isAside, ++_ordinal));
        uint flow = Model.NeedsFlow && FlowOf is not null ? FlowOf(tag) : 0;
        Model.Enter(now, datagram, ecn, flow, slot, hasRoom);
    }

    /// <summary>
    /// Puts datagrams onto the link that came together, if they may stay together: the link only delays, and nobody is told of each. They
    /// are queued and delivered as one then, where they were received, which is what a link of many Gbit/s has time for.
    /// </summary>
    /// <param name="now">The present moment.</param>
    /// <param name="buffer">Their payloads, one behind the other, in <see cref="DatagramStore.LargestSize"/> bytes; another one afterwards, if the link keeps it.</param>
    /// <param name="length">Bytes of all payloads.</param>
    /// <param name="segmentSize">Bytes of each; the last may be shorter.</param>
    /// <param name="tag">What is to leave with them.</param>
    /// <param name="ecn">Their ECN field.</param>
    /// <returns>False if each has to enter on its own; then none has.</returns>
    internal bool TryEnterAll(Instant now, ref byte[] buffer, int length, int segmentSize, TTag tag, EcnCodepoint ecn)
    {
        int count = (length + segmentSize - 1) / segmentSize;
        if (BatchDelivery is null || Log is not null || count < 2 || _planned.Count > 0 || !_transit.HasRoomFor(length)
            || !AreAlike(buffer.AsSpan(0, length), segmentSize, out bool isAside) || !Model.TryEnterAll(now, count, out LinkOutcome outcome))
        {
            return false;
        }

        _ordinal += count;
        (isAside ? Aside : Statistics).CountEntries(count, length, outcome.DeliverAt > outcome.EnteredAt);
        _transit.Add(new TransitDatagram<TTag>(_transit.Keep(ref buffer, length), length, tag, outcome with { IsAside = isAside, Ecn = ecn }, false) { SegmentSize = segmentSize });
        return true;
    }

    /// <summary>Takes the next datagram that is due, earliest first, after letting everything happen that is due before it.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="deliver">Receives the bytes, which are only its own during the call, and the tag.</param>
    /// <returns>False when nothing is due.</returns>
    public bool TryDeliver(Instant now, LinkDelivery<TTag> deliver) => TryDeliver(now, deliver, out _);

    /// <summary>Takes the next datagram that is due, earliest first, after letting everything happen that is due before it.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="deliver">Receives the bytes, which are only its own during the call, and the tag.</param>
    /// <param name="due">When it was due.</param>
    /// <returns>False when nothing is due.</returns>
    public bool TryDeliver(Instant now, LinkDelivery<TTag> deliver, out Instant due)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        due = Instant.Never;
        if (Model.NextEvent <= now)
        {
            Model.Advance(now);
        }

        if (!_transit.TryTake(now, out TransitDatagram<TTag> waiting))
        {
            return false;
        }

        due = waiting.DeliverAt;
        if (waiting.SegmentSize > 0)
        {
            DeliverAll(waiting);
            return true;
        }

        ref long latest = ref waiting.Outcome.IsAside ? ref _latestAside : ref _latestDelivered;
        bool overtaken = !waiting.IsCopy && waiting.Outcome.Ordinal < latest;
        latest = Math.Max(latest, waiting.Outcome.Ordinal);
        (waiting.Outcome.IsAside ? Aside : Statistics).CountDelivery(overtaken, waiting.Length);
        try
        {
            deliver(waiting.Bytes.AsSpan(0, waiting.Length), waiting.Tag, waiting.Outcome.Ecn);
        }
        finally
        {
            _transit.GiveBack(waiting.Bytes, waiting.Length);
        }

        return true;
    }

    /// <summary>
    /// Does something to one datagram by hand: at once if it is on the link, and when its fate is decided if it waits or has not come yet.
    /// One whose fate is told already is told of again in <see cref="Log"/>.
    /// </summary>
    /// <param name="intervention">What to do to which.</param>
    /// <returns>
    /// False if the datagram has left the link, or never will; too much is planned already; or it is one of a batch, which there are only
    /// while nobody is told of each (<see cref="Log"/>).
    /// </returns>
    /// <exception cref="ArgumentException">The intervention makes no sense; see <see cref="LinkIntervention.Validate"/>.</exception>
    public bool TryIntervene(LinkIntervention intervention)
    {
        if (intervention.Validate() is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(intervention));
        }

        long ordinal = intervention.Ordinal;
        if (ordinal > _ordinal || _entered.Any(e => e.Ordinal == ordinal))
        {
            if (_planned.Count >= MaxPlanned)
            {
                return false;
            }

            _planned[ordinal] = [.. _planned.GetValueOrDefault(ordinal, []).Where(p => p.Effect != intervention.Effect), intervention];
            return true;
        }

        List<TransitDatagram<TTag>> found = _transit.Take(ordinal);
        bool hasRoom = intervention.Effect != LinkEffects.Duplicated || (found.Count > 0 && _transit.HasRoomFor(found[0].Length));
        LinkOutcome outcome = found.Count > 0 ? intervention.ApplyTo(found[0].Outcome) : default;
        if (found.Count == 0 || !hasRoom || (intervention.Effect == LinkEffects.Corrupted && outcome == found[0].Outcome))
        {
            // Not there any more; no memory for a copy; or damaged already, and a second time would mend it.
            found.ForEach(_transit.Add);
            return found.Count > 0 && hasRoom;
        }

        (outcome.IsAside ? Aside : Statistics).CountIntervention(intervention.Effect);
        Log?.Invoke(outcome);
        foreach (TransitDatagram<TTag> waiting in found)
        {
            if (outcome.IsDropped)
            {
                _transit.GiveBack(waiting.Bytes, waiting.Length);
                continue;
            }

            if (intervention.Effect == LinkEffects.Corrupted)
            {
                Corrupt(waiting.Bytes, outcome);
            }

            _transit.Add(waiting with { Outcome = outcome });
        }

        if (intervention.Effect == LinkEffects.Duplicated)
        {
            _transit.AddCopy(found[0] with { Outcome = outcome });
        }

        return true;
    }

    /// <inheritdoc/>
    void ILinkFates.OnDecided(in LinkOutcome decided, int slot)
    {
        Entered entered = _entered.Take(slot);
        LinkOutcome outcome = entered.IsAside ? decided with { IsAside = true } : decided;
        if (_planned.Count > 0 && !outcome.IsDropped && _planned.Remove(outcome.Ordinal, out List<LinkIntervention>? planned))
        {
            planned.ForEach(p => outcome = p.ApplyTo(outcome));
        }

        if (outcome.IsDuplicated && !_transit.HasRoomFor(outcome.Length))
        {
            outcome = outcome with { Effects = outcome.Effects & ~LinkEffects.Duplicated };
        }

        (outcome.IsAside ? Aside : Statistics).CountOutcome(outcome);
        Log?.Invoke(outcome);
        if (outcome.IsDropped)
        {
            if (entered.Bytes.Length > 0)
            {
                _transit.GiveBack(entered.Bytes, outcome.Length);
            }

            return;
        }

        if (outcome.CorruptedBit >= 0)
        {
            Corrupt(entered.Bytes, outcome);
        }

        var waiting = new TransitDatagram<TTag>(entered.Bytes, outcome.Length, entered.Tag, outcome, false);
        _transit.Add(waiting);
        if (outcome.IsDuplicated)
        {
            _transit.AddCopy(waiting);
        }
    }

    /// <inheritdoc/>
    void ILinkFates.OnChanged(in LinkChange change) => Changes?.Invoke(change);

    private static void Corrupt(byte[] bytes, in LinkOutcome outcome) =>
        bytes[outcome.CorruptedBit / 8] ^= (byte)(0x80 >> (outcome.CorruptedBit % 8));

    private void DeliverAll(in TransitDatagram<TTag> waiting)
    {
        ref long latest = ref waiting.Outcome.IsAside ? ref _latestAside : ref _latestDelivered;
        latest = Math.Max(latest, waiting.Outcome.Ordinal);
        (waiting.Outcome.IsAside ? Aside : Statistics).CountDeliveries((waiting.Length + waiting.SegmentSize - 1) / waiting.SegmentSize, waiting.Length);
        try
        {
            BatchDelivery!(waiting.Bytes.AsSpan(0, waiting.Length), waiting.SegmentSize, waiting.Tag, waiting.Outcome.Ecn);
        }
        finally
        {
            _transit.GiveBack(waiting.Bytes, waiting.Length);
        }
    }

    // Whether all of them are counted apart, or none.
    private bool AreAlike(ReadOnlySpan<byte> datagrams, int segmentSize, out bool isAside)
    {
        isAside = false;
        if (IsAside is null)
        {
            return true;
        }

        isAside = IsAside(datagrams[..Math.Min(segmentSize, datagrams.Length)]);
        for (int offset = segmentSize; offset < datagrams.Length; offset += segmentSize)
        {
            if (IsAside(datagrams.Slice(offset, Math.Min(segmentSize, datagrams.Length - offset))) != isAside)
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct Entered(byte[] Bytes, TTag Tag, bool IsAside, long Ordinal);
}
