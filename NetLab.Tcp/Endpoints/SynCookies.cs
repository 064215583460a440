using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>
/// Answers SYNs without remembering them (RFC 4987, 3.6): what the connection will need is told to the peer, in our initial
/// sequence number and timestamp, and comes back with its ACK. A flood of SYNs then costs no memory, and honest peers get in.
/// </summary>
/// <remarks>
/// The sequence number holds 5 bits of a counter of 64 s, 3 bits of the peer's MSS and 24 bits of a keyed hash over addresses,
/// ports, the peer's initial number and the counter, so that one guess in 16 million is right. The low six bits of the
/// timestamp hold window scale and SACK; without timestamps those are given up.
/// </remarks>
internal sealed class SynCookies(EndpointSecrets secrets)
{
    private const long CounterTicks = 64 * TimeSpan.TicksPerSecond;
    private const uint NoScale = 15;
    private const uint SackBit = 1 << 4;
    private const uint OptionBits = (1 << 6) - 1;

    // What peers really send, from the smallest we use up; the largest that is not above the peer's is told.
    private static readonly int[] SegmentSizes = [ConnectionOptions.SmallestPeerSegmentSize, 536, 1220, 1400, 1460, 4312, 8960, 65_487];

    private Instant _lastSentAt = new(long.MinValue / 2);

    /// <summary>Whether an ACK may be an answer to one of ours: only a little while after one was sent.</summary>
    public bool AreOut(Instant now) => now - _lastSentAt < TimeSpan.FromTicks(2 * CounterTicks);

    /// <summary>The initial sequence number to answer a SYN with.</summary>
    public SequenceNumber SequenceFor(Instant now, in ConnectionKey key, in Segment syn)
    {
        _lastSentAt = now;
        int peer = syn.Header.Options.MaxSegmentSize is null or 0 ? 536 : syn.Header.Options.MaxSegmentSize.Value;
        int index = Math.Max(0, Array.FindLastIndex(SegmentSizes, size => size <= peer));
        return new SequenceNumber(Cookie(key, syn.Header.Sequence, now.Ticks / CounterTicks, index));
    }

    /// <summary>Our timestamp in the answer, with what the peer offered in its low bits; never beyond the clock's.</summary>
    public static uint TimestampFor(uint clock, in SegmentOptions offered)
    {
        uint bits = ((uint?)offered.WindowScale is { } scale ? Math.Min(scale, 14) : NoScale) | (offered.SackPermitted ? SackBit : 0);
        uint stamp = (clock & ~OptionBits) | bits;
        return stamp > clock ? stamp - (OptionBits + 1) : stamp;
    }

    /// <summary>Reads what an ACK brings back.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="key">Its addresses and ports.</param>
    /// <param name="acknowledgment">The ACK.</param>
    /// <param name="syn">The SYN it follows on, as far as that was remembered.</param>
    /// <returns>False for anything that does not acknowledge a cookie of the last two minutes.</returns>
    public bool TryRestore(Instant now, in ConnectionKey key, in Segment acknowledgment, out SegmentHeader syn)
    {
        SegmentHeader header = acknowledgment.Header;
        uint cookie = header.Acknowledgment.Add(-1).Value;
        SequenceNumber peerInitial = header.Sequence.Add(-1);
        long counter = now.Ticks / CounterTicks;
        int index = (int)(cookie >> 24) & 7;
        syn = default;
        if (cookie != Cookie(key, peerInitial, counter, index) && cookie != Cookie(key, peerInitial, counter - 1, index))
        {
            return false;
        }

        SegmentTimestamps? stamps = header.Options.Timestamps;
        uint bits = stamps is { } s ? s.Echo & OptionBits : NoScale;
        syn = new SegmentHeader
        {
            SourcePort = header.SourcePort,
            DestinationPort = header.DestinationPort,
            Sequence = peerInitial,
            Flags = SegmentFlags.Syn,
            Window = header.Window,
            Options = new SegmentOptions
            {
                MaxSegmentSize = SegmentSizes[index],
                WindowScale = (bits & NoScale) == NoScale ? null : (int)(bits & NoScale),
                SackPermitted = (bits & SackBit) != 0,
                Timestamps = stamps is { } t ? new SegmentTimestamps(t.Value, 0) : null,
            },
        };
        return true;
    }

    private uint Cookie(in ConnectionKey key, SequenceNumber peerInitial, long counter, int segmentSizeIndex)
    {
        ulong hash = secrets.CookieHash(key, peerInitial, counter, segmentSizeIndex);
        return ((uint)(counter & 31) << 27) | ((uint)segmentSizeIndex << 24) | (uint)(hash & 0xFF_FFFF);
    }
}
