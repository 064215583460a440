using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>
/// What an onlooker knows of one direction of a connection, to say what stands out about its next segment. The rules are
/// those of Wireshark (User's Guide, 7.5, TCP Analysis), for that is what people compare with; as there, a number that is
/// still 0 was not seen yet.
/// </summary>
internal sealed class TcpAnalysis
{
    // Wireshark's: a retransmission this soon after the duplicate acknowledgments is a fast one; a segment this soon after
    // the newest was overtaken, unless the handshake's round trip says otherwise.
    private const ulong FastRetransmissionTime = 20_000_000;
    private const ulong DefaultReorderTime = 3_000_000;

    private const int UnknownShift = -1;
    private const int NoShift = -2;

    private readonly UnacknowledgedSegments _sent = new();
    private uint _next;
    private long _nextTime;
    private uint _lastAck;
    private long _lastAckTime;
    private uint _window = uint.MaxValue;
    private bool _windowIsScaled;
    private int _shift = UnknownShift;
    private int _duplicateAcks;
    private uint _highestToAck;
    private bool _toldBeyond;
    private bool _mayTellInFlight = true;
    private TcpAnalysisFlags _lastFlags;

    /// <summary>By how many bits windows are shifted; null as long as no SYN said it.</summary>
    public int? WindowShift => _shift switch { UnknownShift => null, NoShift => 0, _ => _shift };

    /// <summary>Says what stands out about a segment, and remembers it.</summary>
    /// <param name="reverse">The other direction.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="options">Its options.</param>
    /// <param name="roundTrip">The handshake's round trip in nanoseconds, if it was seen.</param>
    /// <param name="room">What all connections together may remember of segments that were not acknowledged.</param>
    /// <param name="facts">What was found.</param>
    public void Take(
        TcpAnalysis reverse, in AnalyzedSegment segment, ReadOnlySpan<byte> options, long? roundTrip, SegmentRoom room, TcpSegmentFacts facts)
    {
        TcpAnalysisFlags flags = TcpAnalysisFlags.None;
        if (segment.HasAck)
        {
            reverse._mayTellInFlight = true;
        }

        if (segment.Length == 1 && segment.Sequence == _next && reverse._window == 0)
        {
            flags = TcpAnalysisFlags.ZeroWindowProbe;
        }
        else
        {
            flags = OfSequence(reverse, segment);
            flags |= OfAcknowledgment(reverse, segment, flags);
        }

        _duplicateAcks = segment.Acknowledgment != _lastAck ? 0 : (flags & TcpAnalysisFlags.DuplicateAck) != 0 ? _duplicateAcks + 1 : _duplicateAcks;
        if (segment.HasAck && reverse._highestToAck != 0 && Before(reverse._highestToAck, segment.Acknowledgment))
        {
            flags |= OfUnseen(reverse, segment);
        }

        if (segment.Fills && (flags & TcpAnalysisFlags.KeepAlive) == 0)
        {
            flags |= OfRepetition(reverse, segment, roundTrip);
        }

        Remember(segment, flags, room);
        if (segment.HasAck)
        {
            (facts.AcknowledgedPacket, facts.AcknowledgmentRoundTrip) = reverse._sent.Acknowledge(segment.Acknowledgment, segment.Time, room);
        }

        facts.Analysis |= flags;
        facts.DuplicateAckNumber = (flags & TcpAnalysisFlags.DuplicateAck) != 0 ? _duplicateAcks : 0;
        facts.BytesInFlight = segment.Length > 0 && _mayTellInFlight ? _sent.BytesInFlight - (segment.End - segment.Sequence - (uint)segment.Length) : null;
        LearnWindowShift(reverse, segment, options);
        facts.WindowShift = WindowShift;
    }

    /// <summary>A SYN begins the same connection once more: a RST before it may have said a number of its own (RFC 9293, 3.10.7).</summary>
    public void BeginAgain() => _next = _highestToAck;

    /// <summary>Lets go of what is remembered of segments.</summary>
    public void Clear(SegmentRoom room) => _sent.Clear(room);

    private static bool Before(uint a, uint b) => unchecked((int)(a - b)) < 0;

    private TcpAnalysisFlags OfSequence(TcpAnalysis reverse, in AnalyzedSegment segment)
    {
        TcpAnalysisFlags flags = TcpAnalysisFlags.None;
        if (segment.IsPlain && segment.Window == 0)
        {
            flags |= TcpAnalysisFlags.ZeroWindow;
        }

        if (_next != 0 && Before(_next, segment.Sequence) && !segment.IsReset)
        {
            flags |= TcpAnalysisFlags.LostSegment;
            _mayTellInFlight = false;
        }

        if (segment.IsPlain && segment.Length <= 1 && segment.Sequence == unchecked(_next - 1))
        {
            flags |= TcpAnalysisFlags.KeepAlive;
        }

        if (segment.IsPlain && segment.Length > 0 && reverse.WindowShift is { } shift)
        {
            uint window = reverse._window << (reverse._windowIsScaled ? shift : 0);
            flags |= unchecked(segment.Sequence + (uint)segment.Length == reverse._lastAck + window) ? TcpAnalysisFlags.WindowFull : TcpAnalysisFlags.None;
        }

        return flags;
    }

    // What an empty segment that stands where the last one ended says.
    private TcpAnalysisFlags OfAcknowledgment(TcpAnalysis reverse, in AnalyzedSegment segment, TcpAnalysisFlags flags)
    {
        if (segment.Length > 0 || !segment.IsPlain || segment.Sequence != _next)
        {
            return TcpAnalysisFlags.None;
        }

        bool repeats = segment.Acknowledgment == _lastAck;
        if (repeats && segment.Window != _window)
        {
            return segment.Window == 0 ? TcpAnalysisFlags.None : TcpAnalysisFlags.WindowUpdate;
        }

        if (repeats && segment.Window != 0)
        {
            return (reverse._lastFlags & TcpAnalysisFlags.KeepAlive) != 0 ? TcpAnalysisFlags.KeepAliveAck : TcpAnalysisFlags.DuplicateAck;
        }

        if (segment.Window != 0 || _window != 0 || (reverse._lastFlags & TcpAnalysisFlags.ZeroWindowProbe) == 0)
        {
            return TcpAnalysisFlags.None;
        }

        if (segment.Acknowledgment == unchecked(_lastAck + 1))
        {
            // The receiver took the byte of the probe.
            (reverse._next, reverse._highestToAck) = (segment.Acknowledgment, segment.Acknowledgment);
            repeats = true;
        }

        return repeats ? TcpAnalysisFlags.ZeroWindowProbeAck : TcpAnalysisFlags.None;
    }

    // It acknowledges more than what came without a hole.
    private TcpAnalysisFlags OfUnseen(TcpAnalysis reverse, in AnalyzedSegment segment)
    {
        if (segment.Acknowledgment == unchecked(_lastAck + 1) && segment.Sequence == _next && (reverse._lastFlags & TcpAnalysisFlags.ZeroWindowProbe) != 0)
        {
            // A probe's byte was taken, and the window opened with it.
            (reverse._next, reverse._highestToAck) = (segment.Acknowledgment, segment.Acknowledgment);
            return TcpAnalysisFlags.WindowUpdate;
        }

        // What nothing shows that was sent, is said once; what lies before something that was seen, each time.
        bool isTold = reverse._highestToAck == reverse._next && reverse._toldBeyond;
        reverse._toldBeyond |= reverse._highestToAck == reverse._next;
        reverse._highestToAck = reverse._next;
        return isTold ? TcpAnalysisFlags.None : TcpAnalysisFlags.AckedLostSegment;
    }

    private TcpAnalysisFlags OfRepetition(TcpAnalysis reverse, in AnalyzedSegment segment, long? roundTrip)
    {
        uint end = unchecked(segment.Sequence + (uint)segment.Length);
        if (segment.Length > 0 && reverse._lastAck != 0 && !Before(reverse._lastAck, end))
        {
            return TcpAnalysisFlags.SpuriousRetransmission | TcpAnalysisFlags.Retransmission;
        }

        // After a single byte at the same place, which may have been a probe, more bytes are new ones.
        if (_next == 0 || !Before(segment.Sequence, _next) || (segment.Length > 1 && unchecked(_next - 1) == segment.Sequence))
        {
            return TcpAnalysisFlags.None;
        }

        if (reverse._duplicateAcks >= 2 && reverse._lastAck == segment.Sequence && unchecked((ulong)(segment.Time - reverse._lastAckTime)) < FastRetransmissionTime)
        {
            return TcpAnalysisFlags.FastRetransmission | TcpAnalysisFlags.Retransmission;
        }

        // Times that go back are taken as unsigned ones, so that they are no reason to call it overtaken.
        ulong since = unchecked((ulong)(segment.Time - _nextTime));
        return since < (roundTrip is null or 0 ? DefaultReorderTime : unchecked((ulong)roundTrip.Value)) && segment.End != _next
            ? TcpAnalysisFlags.OutOfOrder
            : TcpAnalysisFlags.Retransmission;
    }

    private void Remember(in AnalyzedSegment segment, TcpAnalysisFlags flags, SegmentRoom room)
    {
        if (segment.Fills)
        {
            _sent.Add(segment.Sequence, segment.End, segment.Packet, segment.Time, room);
        }

        bool isProbe = (flags & TcpAnalysisFlags.ZeroWindowProbe) != 0;
        if (!isProbe && (_next == 0 || Before(_next, segment.End)))
        {
            (_next, _nextTime) = (segment.End, segment.Time);
        }

        // The highest number up to which nothing is missing.
        if (!isProbe && (_highestToAck == 0 || segment.Sequence == _highestToAck))
        {
            _highestToAck = _next;
        }

        (_lastAck, _lastAckTime, _lastFlags) = (segment.Acknowledgment, segment.Time, flags);
        (_window, _windowIsScaled) = (segment.Window, !segment.IsSyn);
    }

    // RFC 7323, 2.2: windows are scaled when both SYNs say so, and never in a SYN. A SYN without the option settles it for both,
    // whether the other is seen or not.
    private void LearnWindowShift(TcpAnalysis reverse, in AnalyzedSegment segment, ReadOnlySpan<byte> options)
    {
        if (!segment.IsSyn)
        {
            return;
        }

        _shift = TcpOptions.FindWindowScale(options) ?? _shift;
        if (_shift == UnknownShift)
        {
            (_shift, reverse._shift) = (NoShift, NoShift);
        }
        else if (segment.HasAck && reverse._shift == NoShift)
        {
            _shift = NoShift;
        }
    }
}
