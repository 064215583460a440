using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// One direction of a link as a pure function of (time, datagram, seed): it says what happens to each datagram and
/// when, and leaves the doing to whoever has the clock (<see cref="VirtualNetwork"/>, <see cref="LinkRelay"/>).
/// </summary>
public sealed class LinkModel
{
    // The headers a payload travels in: IPv4 without options (RFC 791) and UDP (RFC 768).
    private const int HeaderBytes = 20 + 8;

    private readonly LinkRandom _random;
    private readonly DatagramMatch? _match;
    private LinkDirection _direction;
    private int[] _matched;
    private long _ordinal;
    private bool _inBurst;
    private Instant _lineFreeAt;
    private double _lineFraction;
    private Instant _lastEntry;
    private Instant _lastDelivery;

    /// <summary>Makes a link that has carried nothing yet.</summary>
    /// <param name="direction">What it does.</param>
    /// <param name="seed">The same seed gives the same fate to the same datagrams.</param>
    /// <param name="match">What the names of scripted drops mean; needed if there are any.</param>
    /// <exception cref="ArgumentException">A scripted drop without a <paramref name="match"/>.</exception>
    public LinkModel(LinkDirection direction, ulong seed, DatagramMatch? match = null)
    {
        ArgumentNullException.ThrowIfNull(direction);
        _random = new LinkRandom(seed);
        _match = match;
        _direction = direction;
        _matched = [];
        Direction = direction;
    }

    /// <summary>What the link does; may be changed while it runs. A change restarts the count of scripted drops.</summary>
    public LinkDirection Direction
    {
        get => _direction;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Drops.Length > 0 && _match is null)
            {
                throw new ArgumentException("Scripted drops need something that tells what their names mean.", nameof(value));
            }

            _direction = value;
            _matched = new int[value.Drops.Length];
        }
    }

    /// <summary>Decides what happens to a datagram that reaches the link.</summary>
    /// <param name="now">When it does; taken as the previous one's time if it lies before that.</param>
    /// <param name="datagram">Its payload.</param>
    /// <param name="ecn">Its ECN field.</param>
    public LinkOutcome Pass(Instant now, ReadOnlySpan<byte> datagram, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        // Several sockets feed a relay's link, and each stamps for itself.
        now = _lastEntry = Instant.Max(now, _lastEntry);
        long ordinal = ++_ordinal;
        LinkDirection link = _direction;
        LinkEffects effects = LinkEffects.None;
        if (IsScripted(datagram))
        {
            effects |= LinkEffects.ScriptedDrop;
        }

        if (IsLost(link, ordinal))
        {
            effects |= LinkEffects.Lost;
        }

        if (link.Mtu > 0 && datagram.Length + HeaderBytes > link.Mtu)
        {
            effects |= LinkEffects.TooLarge;
        }

        if (effects != 0 || !TryQueue(link, now, datagram.Length, out Instant leavesQueueAt, out double waitingBytes))
        {
            effects |= effects == 0 ? LinkEffects.QueueDrop : 0;
            return new LinkOutcome(ordinal, now, datagram.Length, effects, Instant.Never, -1);
        }

        ecn = link.Bleaches ? EcnCodepoint.NotEct : ecn;
        if (link.Mark > 0 && waitingBytes > link.Mark && ecn != EcnCodepoint.NotEct)
        {
            effects |= LinkEffects.Marked;
            ecn = EcnCodepoint.Ce;
        }

        Instant deliverAt = leavesQueueAt + link.Delay;
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

        if (Happens(link.Duplicate, ordinal, LinkRandom.Purpose.Duplicate))
        {
            effects |= LinkEffects.Duplicated;
        }

        int bit = -1;
        if (datagram.Length > 0 && Happens(link.Corrupt, ordinal, LinkRandom.Purpose.Corrupt))
        {
            effects |= LinkEffects.Corrupted;
            bit = (int)(_random.Bits(ordinal, LinkRandom.Purpose.CorruptedBit) % ((ulong)datagram.Length * 8));
        }

        return new LinkOutcome(ordinal, now, datagram.Length, effects, deliverAt, bit) { Ecn = ecn };
    }

    private bool Happens(double share, long ordinal, LinkRandom.Purpose purpose) =>
        share > 0 && _random.Share(ordinal, purpose) < share;

    private bool IsScripted(ReadOnlySpan<byte> datagram)
    {
        bool dropped = false;
        for (int i = 0; i < _matched.Length; i++)
        {
            ScriptedDrop drop = _direction.Drops[i];
            dropped |= _match!(drop.Name, datagram) && ++_matched[i] == drop.Ordinal;
        }

        return dropped;
    }

    private bool IsLost(LinkDirection link, long ordinal)
    {
        if (link.Loss <= 0)
        {
            _inBurst = false;
            return false;
        }

        double draw = _random.Share(ordinal, LinkRandom.Purpose.Loss);
        if (link.Burst <= 1 || link.Loss >= 1)
        {
            return draw < link.Loss;
        }

        // Gilbert–Elliott with loss 1 in the bad state and 0 in the good one: bursts last 1/r on the mean, and the
        // chain is in the bad state with probability p/(p+r), which has to be the loss asked for.
        double leave = 1 / link.Burst;
        double enter = leave * link.Loss / (1 - link.Loss);
        _inBurst = _inBurst ? draw >= leave : draw < enter;
        return _inBurst;
    }

    private bool TryQueue(LinkDirection link, Instant now, int length, out Instant leavesAt, out double waitingBytes)
    {
        leavesAt = now;
        waitingBytes = 0;
        if (link.Rate <= 0)
        {
            return true;
        }

        Instant startsAt = Instant.Max(now, _lineFreeAt);
        waitingBytes = (startsAt - now).TotalSeconds * link.Rate / 8;
        int bytes = length + HeaderBytes;

        // An idle line takes any datagram: the queue is what waits behind it.
        if (waitingBytes > 0 && waitingBytes + bytes > link.Queue)
        {
            return false;
        }

        // The line is busy for a whole number of ticks and a fraction, which the next one begins with; a datagram leaves when
        // the tick it ends in is over, so that a link never carries more than its rate.
        double ticks = (_lineFreeAt >= now ? _lineFraction : 0) + (bytes * 8.0 * TimeSpan.TicksPerSecond / link.Rate);
        double whole = Math.Floor(ticks);
        _lineFraction = ticks - whole;
        _lineFreeAt = startsAt + TimeSpan.FromTicks((long)whole);
        leavesAt = _lineFraction > 0 ? _lineFreeAt + TimeSpan.FromTicks(1) : _lineFreeAt;
        return true;
    }
}
