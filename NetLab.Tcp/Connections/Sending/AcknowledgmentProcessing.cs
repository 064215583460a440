using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// What an acknowledgment says of what was sent, brought to all that it concerns in the order in which one builds on the other: the
/// scoreboard, the round trip, loss recovery, segment sizes, marks, congestion control, timers.
/// </summary>
internal sealed class AcknowledgmentProcessing
{
    private readonly ConnectionStatistics _statistics;
    private readonly SendStream _stream;
    private readonly SentSegments _sent;
    private readonly AcknowledgedSegments _acknowledged;
    private readonly DeliveryRate _rate;
    private readonly LossRecovery _recovery;
    private readonly CongestionLimit _congestion;
    private readonly PathMtu _mtu;
    private readonly ZeroWindowProbe _windowProbe;
    private readonly RoundTripEstimator _roundTrip;
    private readonly EcnDataSender _ecn;

    // Until this is acknowledged, further marks are of the round trip that has been answered for.
    private long _markedUpTo;

    public AcknowledgmentProcessing(
        ConnectionStatistics statistics,
        SendStream stream,
        SentSegments sent,
        AcknowledgedSegments acknowledged,
        DeliveryRate rate,
        LossRecovery recovery,
        CongestionLimit congestion,
        PathMtu mtu,
        ZeroWindowProbe windowProbe,
        RoundTripEstimator roundTrip,
        EcnDataSender ecn)
    {
        (_statistics, _stream, _sent, _acknowledged, _rate) = (statistics, stream, sent, acknowledged, rate);
        (_recovery, _congestion, _mtu, _windowProbe, _roundTrip, _ecn) = (recovery, congestion, mtu, windowProbe, roundTrip, ecn);
    }

    /// <summary>Whether our SYN was lost, or may have been: what follows begins carefully then.</summary>
    public bool SynWasLost { get; set; }

    /// <summary>Whether a mark has been answered for what is still outstanding: further marks are of the same round trip.</summary>
    public bool AnswersMark => _stream.Unacknowledged < _markedUpTo;

    /// <summary>Takes an acknowledgment that is not beyond SND.NXT.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="acknowledged">Its number as a stream offset.</param>
    /// <param name="segment">The whole segment.</param>
    /// <param name="windowChanged">Whether it changes SND.WND, in which case it is no duplicate.</param>
    /// <param name="echoAge">Time since the timestamp it echoes was sent, or null.</param>
    /// <returns>Whether it acknowledged anything new.</returns>
    public bool Process(Instant now, long acknowledged, in Segment segment, bool windowChanged, TimeSpan? echoAge)
    {
        long before = _stream.Unacknowledged;
        long unsacked = _stream.Outstanding - _sent.SackedBytes;
        bool advances = acknowledged > before;
        long priorInFlight = _recovery.InFlight;
        long deliveredBefore = _rate.Delivered;
        int sackedBefore = _sent.SackedCount;
        int segmentsBefore = _sent.Count - sackedBefore;
        long reductions = _recovery.Reductions;
        (long Start, long End)? duplicate = UpdateScoreboard(now, acknowledged, segment.Header.Options.Sack, echoAge);
        TimeSpan? sample = Measure(advances);
        if (before == 0 && advances && SynWasLost)
        {
            _roundTrip.RaiseAfterLostSyn();
            _congestion.Algorithm.OnLostSyn();
        }

        bool hasSack = segment.Header.Options.Sack.Count > 0;
        long lost = _recovery.OnAcknowledged(new ReceivedAcknowledgment(now, before, acknowledged, _stream.Next)
        {
            IsDuplicate = acknowledged == before && _sent.Count > 0 && segment.SequenceLength == 0 && !windowChanged,
            HasSack = hasSack,
            IsNews = _sent.SackedCount > sackedBefore || advances,
            Duplicate = duplicate,
            Echo = segment.Header.Options.Timestamps?.Echo,
        });
        lost = OnLost(now, lost, unsacked);
        NoteReductions(reductions);
        long delivered = _rate.Delivered - deliveredBefore;
        ProcessMarks(now, segment.Header, before, delivered, segmentsBefore - (_sent.Count - _sent.SackedCount));
        NotifyCongestionControl(now, acknowledged - Math.Max(before, 1), delivered, lost, priorInFlight, sample);
        _recovery.OnDelivered(delivered, isSafe: advances && lost == 0);
        if (advances)
        {
            _windowProbe.OnAdvanced();
            _recovery.OnAdvanced(now);
        }

        return advances;
    }

    /// <summary>A segment that was suspected has not turned up in time (RFC 8985, 6.3).</summary>
    public void OnReorderingTimer(Instant now)
    {
        long unsacked = _stream.Outstanding - _sent.SackedBytes;
        long reductions = _recovery.Reductions;
        OnLost(now, _recovery.OnReorderingTimer(now, _stream.Unacknowledged), unsacked);
        NoteReductions(reductions);
    }

    /// <summary>A window that was made smaller because of a loss is told to a peer that knows of marks as if it were for one (RFC 3168, 6.1.2).</summary>
    /// <param name="before">How many reductions there had been.</param>
    public void NoteReductions(long before)
    {
        if (_recovery.Reductions > before)
        {
            _ecn.OnReduced();
        }
    }

    /// <summary>Learns from the sizes of what was found lost.</summary>
    /// <returns>Sequence numbers of probes of the path's MTU among it, whose loss is no sign of congestion.</returns>
    public long LearnOfLostSizes(Instant now)
    {
        long probes = _mtu.OnLost(now, out bool isSmaller);
        if (isSmaller)
        {
            ApplySegmentSize();
        }

        return probes;
    }

    // Returns what the acknowledgment reports as a duplicate, if anything.
    private (long Start, long End)? UpdateScoreboard(Instant now, long acknowledged, SackBlocks blocks, TimeSpan? echoAge)
    {
        _acknowledged.Begin(echoAge);
        if (acknowledged > _stream.Unacknowledged)
        {
            _acknowledged.ProcessCumulative(now, acknowledged);
            _stream.AdvanceUnacknowledged(acknowledged);
        }

        (long Start, long End)? duplicate = _recovery.Sack && blocks.Count > 0
            ? _acknowledged.ProcessSack(now, acknowledged, blocks, _stream.Unacknowledged, _stream.Next)
            : null;
        if (_mtu.OnDelivered(now))
        {
            ApplySegmentSize();
        }

        return duplicate;
    }

    private TimeSpan? Measure(bool advances)
    {
        TimeSpan? sample = _acknowledged.Measure(advances);
        if (sample is { } roundTrip)
        {
            _roundTrip.Sample(roundTrip);
            _statistics.SmoothedRoundTrip = _roundTrip.Smoothed;
        }

        return sample;
    }

    // Returns sequence numbers whose loss is a sign of congestion.
    private long OnLost(Instant now, long lost, long unsacked)
    {
        lost -= LearnOfLostSizes(now);
        _recovery.OnLost(now, lost, unsacked, _stream.Outstanding, _stream.Next);
        return lost;
    }

    // RFC 3168, 6.1.2: a mark is answered like a loss, once a round trip, but nothing is sent again. An acknowledgment that
    // brings nothing new may be an old one, with an old count.
    private void ProcessMarks(Instant now, in SegmentHeader header, long before, long delivered, int segments)
    {
        if (before == 0 || delivered == 0 || _ecn.OnAcknowledged(header.Flags, header.Options.AccurateEcn, segments, _mtu.PayloadLimit) is not (> 0 and var marks))
        {
            return;
        }

        _statistics.MarksReported += marks;
        if (_recovery.Phase == RecoveryPhase.None && _stream.Unacknowledged > _markedUpTo)
        {
            _markedUpTo = _stream.Next;
            _congestion.Algorithm.OnMarked(now, _recovery.FlightOf(_stream.Next - before));
            _ecn.OnReduced();
        }
    }

    private void NotifyCongestionControl(Instant now, long acknowledged, long delivered, long lost, long priorInFlight, TimeSpan? roundTrip)
    {
        _rate.OnLost(lost);
        double rate = _rate.End(_roundTrip.Minimum, out bool isRoundStart);
        _congestion.Algorithm.OnAcknowledged(new AcknowledgmentSample
        {
            Now = now,
            Acknowledged = Math.Max(0, acknowledged),
            Delivered = delivered,
            Lost = lost,
            PriorInFlight = priorInFlight,
            InFlight = _sent.InFlight,
            RoundTrip = roundTrip,
            Smoothed = _roundTrip.Smoothed,
            IsRoundStart = isRoundStart,
            Rate = rate,
            IsApplicationLimited = _rate.IsApplicationLimited,
            InFlightAtSend = _rate.InFlightAtSend,
            LostSinceSent = _rate.LostSinceSent,
            WindowWasLimit = _congestion.WasLimit(),
            InRecovery = _recovery.Phase == RecoveryPhase.Fast || AnswersMark,
        });
    }

    private void ApplySegmentSize()
    {
        _congestion.OnSegmentSize(_mtu.PayloadLimit);
        _recovery.OnSegmentSize(_mtu.PayloadLimit);
    }
}
