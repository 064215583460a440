using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Ecn;

/// <summary>
/// What the sender of data makes of the peer's reports of marks: s.cep, s.ceb, s.e0b and s.e1b of RFC 9768, 3.2, or ECE and CWR of
/// RFC 3168, 6.1.2.
/// </summary>
/// <param name="negotiation">What the handshake said, and whether ECT is still sent.</param>
internal sealed class EcnDataSender(EcnNegotiation negotiation)
{
    private const int InitialMarks = 5;
    private const uint InitialBytes = 1;
    private const int AceModulus = 8;

    // A path that lets data through this long without any counter of bytes moving clears the ECN field.
    private const int SegmentsToNoticeClearing = 10;

    private long _marks = InitialMarks;
    private (uint Ect0, uint Ce, uint Ect1) _bytes = (InitialBytes, 0, InitialBytes);
    private bool _isDeaf;
    private bool _hasReport;
    private bool _optionArrives;
    private bool _ignoresOption;
    private bool _bytesMoved;
    private long _segmentsWithoutBytes;

    /// <summary>What was agreed on.</summary>
    public EcnFeedback Feedback => negotiation.Feedback;

    /// <summary>Bytes of ours that the peer says arrived as ECT(0), marked and as ECT(1), modulo 2^24; zero where it tells none.</summary>
    public (uint Ect0, uint Ce, uint Ect1) ReportedBytes => (Step(InitialBytes, _bytes.Ect0), _bytes.Ce, Step(InitialBytes, _bytes.Ect1));

    /// <summary>Whether the next new data tells the peer that its report was answered (RFC 3168, 6.1.2).</summary>
    public bool ReductionDue { get; private set; }

    /// <summary>A segment of the handshake arrived that may bring the option: whether it does decides how ACE is read (3.2.3.2.3).</summary>
    public void OnHandshakeOption(AccurateEcnCounters? option)
    {
        if (negotiation.Feedback != EcnFeedback.Accurate || option is not { } counters)
        {
            return;
        }

        // 3.2.3.2.4: what begins at zero has been cleared on the way.
        _optionArrives = true;
        _bytes = (counters.HasEct0 ? counters.Ect0 : InitialBytes, counters.HasCe ? counters.Ce : 0, counters.HasEct1 ? counters.Ect1 : InitialBytes);
        _ignoresOption |= (counters.HasEct0 && counters.Ect0 == 0) || (counters.HasEct1 && counters.Ect1 == 0);
    }

    /// <summary>The pure ACK that ends a passive handshake arrived (table 4).</summary>
    public void OnHandshakeEnd(SegmentFlags flags)
    {
        if (negotiation.Feedback == EcnFeedback.Accurate)
        {
            // Note 1: after zero, reports are not answered any more.
            _isDeaf |= AceField.ValueOf(flags) == 0;
            _marks += negotiation.HandshakeWasMarked ? 1 : 0;
        }
    }

    /// <summary>Takes the report of a segment that acknowledges something new.</summary>
    /// <param name="flags">Its flags.</param>
    /// <param name="option">Its option.</param>
    /// <param name="segments">How many segments it acknowledges.</param>
    /// <param name="segmentSize">Bytes of payload of a full one.</param>
    /// <returns>How many of ours are said to have arrived marked.</returns>
    public int OnAcknowledged(SegmentFlags flags, AccurateEcnCounters? option, long segments, int segmentSize)
    {
        if (negotiation.Feedback == EcnFeedback.Classic)
        {
            return (flags & SegmentFlags.Ece) != 0 ? 1 : 0;
        }

        if (negotiation.Feedback != EcnFeedback.Accurate)
        {
            return 0;
        }

        int ace = AceField.ValueOf(flags);
        if (!_hasReport && ace == 0 && segments < AceModulus - InitialMarks)
        {
            // 3.2.2.4: too few arrived for the count to have come round; somebody clears it.
            negotiation.Distrust();
            _isDeaf = true;
        }

        _hasReport = true;
        long marks = (ace - _marks) & (AceModulus - 1);
        uint? markedBytes = TakeOption(option, segments);
        if (markedBytes > 0 && marks == 0 && segments < AceModulus)
        {
            // 3.2.3.2.5: bytes without segments cannot be.
            negotiation.Distrust();
        }

        marks = Disambiguate(marks, markedBytes, segments, segmentSize);
        _marks += marks;
        return _isDeaf ? 0 : (int)Math.Min(marks, int.MaxValue);
    }

    /// <summary>The congestion window was made smaller because of a report.</summary>
    public void OnReduced() => ReductionDue = negotiation.Feedback == EcnFeedback.Classic;

    /// <summary>New data left, with CWR if that was due.</summary>
    public void OnSentNew() => ReductionDue = false;

    // Appendix A.2: the count of three bits may have come round where an acknowledgment covers eight segments or more. Bytes tell;
    // without them the most that can be is assumed.
    private static long Disambiguate(long marks, uint? markedBytes, long segments, int segmentSize)
    {
        if (segments < AceModulus)
        {
            return marks;
        }

        long most = segments - ((segments - marks) & (AceModulus - 1));
        if (markedBytes is not { } bytes)
        {
            return Math.Max(marks, most);
        }

        long least = (bytes + segmentSize - 1) / segmentSize;
        long rounds = Math.Max(0, least - marks + AceModulus - 1) / AceModulus;
        return Math.Max(marks, Math.Min(marks + (rounds * AceModulus), most));
    }

    // How many bytes more arrived marked; null without a report of them.
    private uint? TakeOption(AccurateEcnCounters? option, long segments)
    {
        if (option is { } counters && !_ignoresOption)
        {
            _optionArrives = true;
            uint ce = counters.HasCe ? Step(_bytes.Ce, counters.Ce) : 0;
            uint others = (counters.HasEct0 ? Step(_bytes.Ect0, counters.Ect0) : 0) + (counters.HasEct1 ? Step(_bytes.Ect1, counters.Ect1) : 0);
            _bytesMoved |= ce + others > 0;
            _bytes = (counters.HasEct0 ? counters.Ect0 : _bytes.Ect0, counters.HasCe ? counters.Ce : _bytes.Ce, counters.HasEct1 ? counters.Ect1 : _bytes.Ect1);
            return ce;
        }

        if (_optionArrives && !_ignoresOption && !_bytesMoved && negotiation.MaySendEct)
        {
            // The peer tells bytes as soon as any count moves: our ECT does not arrive as such.
            _segmentsWithoutBytes += segments;
            if (_segmentsWithoutBytes > SegmentsToNoticeClearing)
            {
                negotiation.Distrust();
            }
        }

        return null;
    }

    private static uint Step(uint from, uint to) => (to - from) & (AccurateEcnCounters.Modulus - 1);
}
