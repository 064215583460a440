using NetLab.Udp.Links.Lines;
using NetLab.Udp.Links.Queues;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// One direction of a link as a pure function of (time, datagram, seed): it says what happens to each datagram and
/// when, and leaves the doing to whoever has the clock (<see cref="VirtualNetwork"/>, <see cref="LinkRelay"/>).
/// A datagram enters; its fate is decided at once, or when the line takes it from the queue.
/// </summary>
public sealed class LinkModel : IQueueDrops
{
    /// <summary>The bytes of headers that a UDP payload travels in: IPv4 without options (RFC 791) and UDP (RFC 768).</summary>
    internal const int UdpHeaderBytes = 20 + 8;

    private readonly int _headerBytes;
    private readonly LinkRandom _random;
    private readonly ulong _seed;
    private readonly LinkScript _script;
    private readonly LinkTimeline _timeline;
    private readonly LossProcess _loss;
    private long _ordinal;
    private LinkLine _line;
    private QueueDiscipline _queue;
    private Instant _now;
    private Instant _waitingSince;
    private Instant _lastDelivery;

    // A recorded path begins with the first datagram, as its recording did.
    private Instant? _pathOrigin;
    private bool _isDown;

    /// <summary>Makes a link that has carried nothing yet.</summary>
    /// <param name="direction">What it does.</param>
    /// <param name="seed">The same seed gives the same fate to the same datagrams.</param>
    /// <param name="match">What the names of scripted drops mean; needed if there are any.</param>
    /// <exception cref="ArgumentException">A scripted drop without a <paramref name="match"/>.</exception>
    public LinkModel(LinkDirection direction, ulong seed, DatagramMatch? match = null)
        : this(direction, seed, match, UdpHeaderBytes)
    {
    }

    internal LinkModel(LinkDirection direction, ulong seed, DatagramMatch? match, int headerBytes)
    {
        ArgumentNullException.ThrowIfNull(direction);
        _headerBytes = headerBytes;
        _random = new LinkRandom(seed);
        _loss = new LossProcess(_random);
        (_seed, _script) = (seed, new LinkScript(match));
        _script.Check(direction);
        _timeline = new LinkTimeline(direction, Instant.Zero);
        _script.Follow(direction, restart: true);
        _line = LineOf(direction, Instant.Zero, Instant.Zero);
        _queue = QueueOf(direction);
        Direction = direction;
        _isDown = _timeline.IsDownAt(Instant.Zero);
    }

    /// <summary>Told what befell each datagram, when that is decided.</summary>
    internal ILinkFates? Fates { get; set; }

    /// <summary>What the link does now.</summary>
    public LinkDirection Direction { get; private set; }

    /// <summary>Datagrams that wait for the line, the one being sent not included.</summary>
    public int QueuedDatagrams => _queue.Count;

    /// <summary>Bytes that wait for the line, headers counted, the datagram being sent not included.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Whether the link is down now, by its settings or by an outage.</summary>
    public bool IsDown => _isDown;

    /// <summary>When something happens next by itself: a datagram leaves the queue, or the link changes.</summary>
    internal Instant NextEvent => Instant.Min(NextService, _timeline.NextChange);

    /// <summary>
    /// When <see cref="Advance"/> has to be called at the latest, for nothing to come out late: what is in the queue has the delay before it still.
    /// </summary>
    internal Instant NextDeadline
    {
        get
        {
            Instant service = NextService;
            return Instant.Min(service == Instant.Never ? service : service + Direction.Delay, _timeline.NextChange);
        }
    }

    internal bool NeedsFlow => _queue.NeedsFlow;

    private Instant NextService => _queue.Count == 0 || _isDown ? Instant.Never : _line.NextStart(_waitingSince);

    /// <summary>Begins: schedules, outages and traces count from this moment, which is the clock's origin if nobody calls this.</summary>
    /// <param name="now">The moment; nothing has entered yet.</param>
    public void Start(Instant now) => Restart(now, Direction with { Steps = _timeline.Steps });

    /// <summary>
    /// Makes the link another one. What is on its way keeps its fate, what waits goes on waiting, in the new queue, and the
    /// count of scripted drops begins again; schedules, outages and traces count from now.
    /// </summary>
    /// <param name="now">The present moment.</param>
    /// <param name="direction">What the link does from now on.</param>
    /// <exception cref="ArgumentException">A scripted drop, and nothing to tell what its name means.</exception>
    public void Change(Instant now, LinkDirection direction)
    {
        ArgumentNullException.ThrowIfNull(direction);
        _script.Check(direction);
        now = Instant.Max(now, _now);
        Advance(now);
        Restart(now, direction);
    }

    /// <summary>Takes a datagram that reaches the link.</summary>
    /// <param name="now">When it does; taken as the previous one's time if it lies before that.</param>
    /// <param name="datagram">Its payload.</param>
    /// <param name="ecn">Its ECN field.</param>
    /// <param name="flow">A hash of who sends it to whom, if <see cref="NeedsFlow"/>.</param>
    /// <param name="slot">Given back with its fate.</param>
    /// <param name="hasRoom">False if there is no memory for it.</param>
    internal void Enter(Instant now, ReadOnlySpan<byte> datagram, EcnCodepoint ecn, uint flow = 0, int slot = 0, bool hasRoom = true)
    {
        // Several sockets feed a relay's link, and each stamps for itself.
        now = _now = Instant.Max(now, _now);
        Advance(now);
        long ordinal = ++_ordinal;
        _pathOrigin ??= now;
        ecn = Direction.Bleaches ? EcnCodepoint.NotEct : ecn;
        LinkEffects effects = EffectsOnEntry(now, datagram, ordinal);
        (LinkEffects scripted, TimeSpan holdBack) = _script.FaultsOf(datagram);
        if (effects == 0 && !hasRoom)
        {
            effects = LinkEffects.QueueDrop;
        }

        var entering = new QueuedDatagram(ordinal, datagram.Length + _headerBytes, now, ecn, flow, 0, slot)
        {
            IsCopied = (scripted & LinkEffects.Duplicated) != 0,
            IsDamaged = (scripted & LinkEffects.Corrupted) != 0,
            HoldBack = holdBack,
        };
        if (effects != 0)
        {
            Drop(entering, now, effects);
        }
        else if (!Direction.HasLine && _queue.Count == 0 && now >= _line.FreeAt)
        {
            Leave(entering, now, now);
        }
        else
        {
            double inService = _line.Remaining(now);
            entering = entering with
            {
                Draw = _random.Share(ordinal, LinkRandom.Purpose.Queue),
                FoundBytes = _queue.Bytes + (long)inService,
                FoundDatagrams = _queue.Count,
            };
            _waitingSince = _queue.Count == 0 ? now : _waitingSince;
            _queue.Enqueue(now, entering, inService);
            Serve(now);
        }
    }

    /// <summary>
    /// Takes datagrams that come together, where the link only delays: nothing is decided of one that is not of all. Else it takes none.
    /// </summary>
    /// <param name="now">When they come; taken as the previous one's time if it lies before that.</param>
    /// <param name="count">How many.</param>
    /// <param name="outcome">What befalls each; its number is the last one's.</param>
    /// <returns>Whether they were taken.</returns>
    internal bool TryEnterAll(Instant now, int count, out LinkOutcome outcome)
    {
        now = _now = Instant.Max(now, _now);
        Advance(now);
        if (!Direction.OnlyDelays || _isDown || _queue.Count > 0 || now < _line.FreeAt)
        {
            outcome = default;
            return false;
        }

        _pathOrigin ??= now;
        _ordinal += count;
        _lastDelivery = Instant.Max(now + Direction.Delay, _lastDelivery);
        outcome = new LinkOutcome(_ordinal, now, 0, LinkEffects.None, _lastDelivery, -1) { DecidedAt = now };
        return true;
    }

    /// <summary>Lets everything happen that is due up to a moment.</summary>
    internal void Advance(Instant now)
    {
        while (_timeline.NextChange <= now)
        {
            Instant at = _timeline.NextChange;
            Serve(at);
            _now = Instant.Max(_now, at);
            LinkDirection? step = _timeline.Pass();
            _isDown = _timeline.IsDownAt(at);
            if (step is not null)
            {
                Apply(at, step, restart: false);
            }
            else
            {
                // Whatever waits begins when the link is up again.
                _waitingSince = Instant.Max(_waitingSince, at);
                Fates?.OnChanged(new LinkChange(at, Direction, _isDown));
            }
        }

        Serve(now);
    }

    /// <inheritdoc/>
    void IQueueDrops.OnDropped(in QueuedDatagram datagram, Instant now, bool isEarly) =>
        Drop(datagram, now, isEarly ? LinkEffects.EarlyDrop : LinkEffects.QueueDrop);

    private void Serve(Instant now)
    {
        while (NextService is var start && start <= now)
        {
            _now = Instant.Max(_now, start);
            if (_queue.TryDequeue(start, out QueuedDatagram next))
            {
                Leave(next, start, _line.Send(start, next.Bytes));
            }
        }
    }

    private void Restart(Instant now, LinkDirection direction)
    {
        _timeline.Restart(direction, now);
        Apply(now, direction, restart: true);
    }

    private void Apply(Instant at, LinkDirection direction, bool restart)
    {
        LinkDirection before = Direction;
        Direction = direction;
        _isDown = _timeline.IsDownAt(at);
        _script.Follow(direction, restart);
        if ((restart && direction.Trace is not null) || !before.HasSameLine(direction))
        {
            _line = LineOf(direction, at, _line.FreeAt);
        }

        if (direction.Path is not null && (restart || !direction.Path.Equals(before.Path)))
        {
            _pathOrigin = null;
            _loss.Restart();
        }

        QueueDiscipline old = _queue;
        if (before.Discipline == direction.Discipline)
        {
            old.Limit = LimitOf(direction);
        }
        else
        {
            _queue = QueueOf(direction);
            while (old.TryRemove(out QueuedDatagram waiting))
            {
                _queue.Enqueue(at, waiting, 0);
            }
        }

        _waitingSince = Instant.Max(_waitingSince, at);
        Fates?.OnChanged(new LinkChange(at, direction, _isDown));
        Serve(at);
    }

    private LinkEffects EffectsOnEntry(Instant now, ReadOnlySpan<byte> datagram, long ordinal)
    {
        LinkEffects effects = LinkEffects.None;
        if (_script.Drops(datagram) || (Direction.DropEvery > 0 && ordinal % Direction.DropEvery == 0))
        {
            effects |= LinkEffects.ScriptedDrop;
        }

        if (_loss.IsLost(Direction, ordinal, now - _pathOrigin!.Value))
        {
            effects |= LinkEffects.Lost;
        }

        if (Direction.Mtu > 0 && datagram.Length + _headerBytes > Direction.Mtu)
        {
            effects |= LinkEffects.TooLarge;
        }

        return _isDown ? effects | LinkEffects.Down : effects;
    }

    private void Drop(in QueuedDatagram datagram, Instant now, LinkEffects effects) =>
        Fates?.OnDecided(
            new LinkOutcome(datagram.Ordinal, datagram.EnteredAt, datagram.Bytes - _headerBytes, effects, Instant.Never, -1)
            {
                DecidedAt = now,
                FoundBytes = datagram.FoundBytes,
                FoundDatagrams = datagram.FoundDatagrams,
            },
            datagram.Slot);

    private void Leave(in QueuedDatagram datagram, Instant startedAt, Instant leftAt)
    {
        LinkDirection link = Direction;
        long ordinal = datagram.Ordinal;
        int length = datagram.Bytes - _headerBytes;
        LinkEffects effects = datagram.IsMarked ? LinkEffects.Marked : LinkEffects.None;

        // What was recorded includes the wait for the path's line: it is not waited for twice, but longer where more waits now.
        Instant deliverAt = link.Path is { } path ? Instant.Max(leftAt, datagram.EnteredAt + path.DelayAt(datagram.EnteredAt - _pathOrigin!.Value)) : leftAt + link.Delay;
        if (link.Jitter > TimeSpan.Zero)
        {
            deliverAt += TimeSpan.FromTicks((long)(link.Jitter.Ticks * _random.Share(ordinal, LinkRandom.Purpose.Jitter)));
        }

        if (!link.JitterReorders)
        {
            deliverAt = _lastDelivery = Instant.Max(deliverAt, _lastDelivery);
        }

        if (Happens(link.Reorder, ordinal, LinkRandom.Purpose.Reorder))
        {
            effects |= LinkEffects.HeldBack;
            deliverAt += link.HoldBack;
        }

        if (datagram.HoldBack > TimeSpan.Zero)
        {
            effects |= LinkEffects.HeldBack;
            deliverAt += datagram.HoldBack;
        }

        if (datagram.IsCopied || Happens(link.Duplicate, ordinal, LinkRandom.Purpose.Duplicate))
        {
            effects |= LinkEffects.Duplicated;
        }

        int bit = -1;
        if (length > 0 && (datagram.IsDamaged || Happens(link.Corrupt, ordinal, LinkRandom.Purpose.Corrupt)))
        {
            effects |= LinkEffects.Corrupted;
            bit = (int)(_random.Bits(ordinal, LinkRandom.Purpose.CorruptedBit) % ((ulong)length * 8));
        }

        Fates?.OnDecided(
            new LinkOutcome(ordinal, datagram.EnteredAt, length, effects, deliverAt, bit)
            {
                Ecn = datagram.Ecn,
                DecidedAt = startedAt,
                FoundBytes = datagram.FoundBytes,
                FoundDatagrams = datagram.FoundDatagrams,
            },
            datagram.Slot);
    }

    private bool Happens(double share, long ordinal, LinkRandom.Purpose purpose) =>
        share > 0 && _random.Share(ordinal, purpose) < share;

    private static LinkLine LineOf(LinkDirection direction, Instant origin, Instant freeAt) =>
        direction.Trace is { } trace ? trace.CreateLine(origin, freeAt)
        : direction.Rate > 0 ? new RateLine(direction.Rate, freeAt)
        : new UnlimitedLine(freeAt);

    private static QueueLimit LimitOf(LinkDirection direction) => new(direction.Queue, direction.QueueDatagrams);

    private QueueDiscipline QueueOf(LinkDirection direction) => QueueDiscipline.Create(direction.Discipline, LimitOf(direction), _seed, this);
}
