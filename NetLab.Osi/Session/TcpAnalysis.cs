using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>
/// What an onlooker knows of one direction of a connection, to say what stands out about its next segment. The rules are
/// those of Wireshark (User's Guide, 7.5, TCP Analysis), for that is what people compare with.
/// </summary>
internal sealed class TcpAnalysis
{
    // Wireshark's: a retransmission this soon after the duplicate acknowledgments is a fast one; a segment this soon after
    // the newest was overtaken, unless the handshake's round trip says otherwise.
    private const long FastRetransmissionTime = 20_000_000;
    private const long DefaultReorderTime = 3_000_000;

    private uint _next;
    private long _nextTime;
    private uint _lastAck;
    private long _lastAckTime;
    private uint _window;
    private int _windowShift = -1;
    private int _duplicateAcks;
    private uint _highestToAck;
    private bool _started;
    private bool _hasAck;
    private bool _lastWasKeepAlive;

    /// <summary>Says what stands out about a segment, and remembers it.</summary>
    /// <param name="reverse">The other direction.</param>
    /// <param name="header">The segment's header.</param>
    /// <param name="options">Its options.</param>
    /// <param name="length">Bytes of payload on the wire.</param>
    /// <param name="time">When, in nanoseconds.</param>
    /// <param name="roundTrip">The handshake's round trip in nanoseconds, if it was seen.</param>
    public TcpAnalysisFlags Take(TcpAnalysis reverse, in TcpHeader header, ReadOnlySpan<byte> options, int length, long time, long? roundTrip)
    {
        bool isSyn = header.Has(TcpHeader.Syn);
        bool isFin = header.Has(TcpHeader.Fin);
        bool isReset = header.Has(TcpHeader.Rst);
        bool isPlain = !isSyn && !isFin && !isReset;
        uint sequence = header.Sequence;
        uint window = ScaledWindow(header, isSyn, options);
        uint end = unchecked(sequence + (uint)length + (isSyn || isFin ? 1u : 0));
        TcpAnalysisFlags flags = TcpAnalysisFlags.None;
        if (_started)
        {
            flags |= OfSequence(reverse, sequence, length, isPlain, isReset, time);
            flags |= OfAcknowledgment(reverse, header, sequence, length, window, isPlain);
            bool fills = (flags & (TcpAnalysisFlags.KeepAlive | TcpAnalysisFlags.ZeroWindowProbe)) == 0;
            if (fills && (length > 0 || isSyn || isFin) && Before(sequence, _next))
            {
                flags |= OfRepetition(reverse, sequence, end, length, time, roundTrip);
            }
        }

        if (isPlain && window == 0)
        {
            flags |= TcpAnalysisFlags.ZeroWindow;
        }

        if (reverse._started && header.Has(TcpHeader.Ack) && reverse._highestToAck != 0 && Before(reverse._highestToAck, header.Acknowledgment))
        {
            flags |= TcpAnalysisFlags.AckedLostSegment;
            reverse._highestToAck = reverse._next;
        }

        Remember(header, sequence, end, length, window, time, flags);
        return flags;
    }

    private static bool Before(uint a, uint b) => unchecked((int)(a - b)) < 0;

    private uint ScaledWindow(in TcpHeader header, bool isSyn, ReadOnlySpan<byte> options)
    {
        if (isSyn)
        {
            _windowShift = TcpOptions.FindWindowScale(options) ?? 0;
            return (uint)header.Window;
        }

        return (uint)header.Window << Math.Max(0, _windowShift);
    }

    private TcpAnalysisFlags OfSequence(TcpAnalysis reverse, uint sequence, int length, bool isPlain, bool isReset, long time)
    {
        TcpAnalysisFlags flags = TcpAnalysisFlags.None;
        if (isPlain && length <= 1 && sequence == unchecked(_next - 1))
        {
            flags |= TcpAnalysisFlags.KeepAlive;
        }

        if (length == 1 && sequence == _next && reverse._started && reverse._window == 0)
        {
            flags |= TcpAnalysisFlags.ZeroWindowProbe;
        }

        if (isPlain && length > 0 && reverse._hasAck && unchecked(sequence + (uint)length == reverse._lastAck + reverse._window))
        {
            flags |= TcpAnalysisFlags.WindowFull;
        }

        if (!isReset && Before(_next, sequence))
        {
            flags |= TcpAnalysisFlags.LostSegment;
        }

        return flags;
    }

    private TcpAnalysisFlags OfAcknowledgment(TcpAnalysis reverse, in TcpHeader header, uint sequence, int length, uint window, bool isPlain)
    {
        bool repeats = length == 0 && isPlain && _hasAck && sequence == _next && header.Acknowledgment == _lastAck && header.Has(TcpHeader.Ack);
        if (!repeats)
        {
            return TcpAnalysisFlags.None;
        }

        if (window != _window)
        {
            return window == 0 ? TcpAnalysisFlags.None : TcpAnalysisFlags.WindowUpdate;
        }

        return reverse._lastWasKeepAlive ? TcpAnalysisFlags.KeepAliveAck : window == 0 ? TcpAnalysisFlags.None : TcpAnalysisFlags.DuplicateAck;
    }

    private TcpAnalysisFlags OfRepetition(TcpAnalysis reverse, uint sequence, uint end, int length, long time, long? roundTrip)
    {
        if (length > 0 && reverse._hasAck && !Before(reverse._lastAck, end))
        {
            return TcpAnalysisFlags.SpuriousRetransmission | TcpAnalysisFlags.Retransmission;
        }

        if (reverse._duplicateAcks >= 2 && reverse._lastAck == sequence && time - reverse._lastAckTime < FastRetransmissionTime)
        {
            return TcpAnalysisFlags.FastRetransmission | TcpAnalysisFlags.Retransmission;
        }

        return time - _nextTime < (roundTrip ?? DefaultReorderTime) && end != _next
            ? TcpAnalysisFlags.OutOfOrder
            : TcpAnalysisFlags.Retransmission;
    }

    private void Remember(in TcpHeader header, uint sequence, uint end, int length, uint window, long time, TcpAnalysisFlags flags)
    {
        bool hasAck = header.Has(TcpHeader.Ack);
        _duplicateAcks = (flags & TcpAnalysisFlags.DuplicateAck) != 0 ? _duplicateAcks + 1
            : hasAck && header.Acknowledgment != _lastAck ? 0 : _duplicateAcks;
        if (hasAck)
        {
            (_lastAck, _lastAckTime, _hasAck) = (header.Acknowledgment, time, true);
        }

        _window = window;
        _lastWasKeepAlive = (flags & TcpAnalysisFlags.KeepAlive) != 0;
        if ((!_started || Before(_next, end) || (end == _next && length > 0)) && !_lastWasKeepAlive && (flags & TcpAnalysisFlags.ZeroWindowProbe) == 0)
        {
            (_next, _nextTime) = (end, time);
        }

        // The highest number up to which nothing is missing.
        bool isProbe = (flags & (TcpAnalysisFlags.KeepAlive | TcpAnalysisFlags.ZeroWindowProbe)) != 0;
        if (!isProbe && (_highestToAck == 0 || sequence == _highestToAck))
        {
            _highestToAck = _next;
        }

        _started = true;
    }
}
