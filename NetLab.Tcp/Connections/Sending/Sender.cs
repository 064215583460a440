using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// The sending half of a connection: what we send and what the peer says of it. It knows nothing of the receiving half. Its parts decide;
/// here they are put together, and told of what was sent, acknowledged or timed out.
/// </summary>
internal sealed class Sender
{
    private readonly ConnectionOptions _options;
    private readonly TimerTable _timers;
    private readonly ConnectionStatistics _statistics;
    private readonly SendStream _stream;
    private readonly SentSegments _sent = new();
    private readonly DeliveryRate _rate = new();
    private readonly LossTimer _lossTimer;
    private readonly LossRecovery _recovery;
    private readonly CongestionLimit _congestion;
    private readonly PathMtu _mtu;
    private readonly ZeroWindowProbe _windowProbe;
    private readonly SegmentSelection _selection;
    private readonly AcknowledgmentProcessing _processing;

    public Sender(ConnectionOptions options, SequenceNumber initial, TimerTable timers, ConnectionStatistics statistics, EcnDataSender ecn)
    {
        _options = options;
        _timers = timers;
        _statistics = statistics;
        Ecn = ecn;
        RoundTrip = new RoundTripEstimator(options);
        var rack = new RackDetector();
        _stream = new SendStream(initial);
        _lossTimer = new LossTimer(timers);
        _mtu = new PathMtu(_sent, statistics, options.MaxSegmentSize);
        _congestion = new CongestionLimit(
            size => CongestionControls.Create(options.Congestion, size, options.Pacing, initial, options.Without), options.Pacing, _mtu.PayloadLimit);
        _recovery = new LossRecovery(options, statistics, timers, _lossTimer, _sent, rack, RoundTrip, _congestion, _mtu.PayloadLimit);
        _windowProbe = new ZeroWindowProbe(options, _stream, _sent, RoundTrip, _lossTimer);
        _selection = new SegmentSelection(options, timers, _stream, _sent, _recovery, _congestion, _mtu, _windowProbe, RoundTrip);
        var acknowledged = new AcknowledgedSegments(_sent, rack, _rate, RoundTrip, initial);
        ReportedMtu = new ReportedMtu(_stream, _mtu, _congestion, _recovery);
        _processing = new AcknowledgmentProcessing(statistics, _stream, _sent, acknowledged, _rate, _recovery, _congestion, _mtu, _windowProbe, RoundTrip, ecn);
    }

    /// <summary>What is sent, and how far it has come.</summary>
    public SendStream Stream => _stream;

    /// <summary>The bytes written and not acknowledged.</summary>
    public SendBuffer Buffer => _stream.Buffer;

    /// <summary>Whether small segments wait for an acknowledgment.</summary>
    public bool Nagle
    {
        get => _selection.Nagle;
        set => _selection.Nagle = value;
    }

    /// <summary>Measurements of the path.</summary>
    public RoundTripEstimator RoundTrip { get; }

    /// <summary>Whether the peer takes SACK.</summary>
    public bool Sack
    {
        get => _recovery.Sack;
        set => _recovery.Sack = value;
    }

    /// <summary>Bytes of options in every data segment, which the MSS has to leave room for (RFC 6691).</summary>
    public int FixedOptionBytes
    {
        get => _mtu.FixedOptionBytes;
        set => _mtu.FixedOptionBytes = value;
    }

    /// <summary>The MSS in force: payload and options of a full segment, in bytes.</summary>
    public int SegmentSize => _mtu.SegmentSize;

    /// <summary>Bytes of payload of a full segment.</summary>
    public int FullLength => _mtu.PayloadLimit;

    /// <summary>The algorithm in charge.</summary>
    public ICongestionControl Congestion => _congestion.Algorithm;

    /// <summary>Sequence numbers in the network.</summary>
    public long InFlight => _sent.InFlight;

    /// <summary>Whether something was sent and not acknowledged.</summary>
    public bool HasUnacknowledged => _sent.Count > 0;

    /// <summary>Notified of what happens to what was sent; null for nobody.</summary>
    public Observation? Observation
    {
        get => _sent.Observation;
        set => _sent.Observation = value;
    }

    /// <summary>What the peer says of marks.</summary>
    public EcnDataSender Ecn { get; }

    /// <summary>What the network says of the path's MTU.</summary>
    public ReportedMtu ReportedMtu { get; }

    /// <summary>The number of the next transmission, as <see cref="SentSegment.Order"/> will have it.</summary>
    public long NextTransmission => _sent.LastTransmission + 1;

    /// <summary>What is known of the path.</summary>
    public ConnectionMetrics Metrics => new()
    {
        CongestionWindow = Congestion.Window,
        SlowStartThreshold = Congestion.SlowStartThreshold == long.MaxValue ? null : Congestion.SlowStartThreshold,
        InFlight = _sent.InFlight,
        SendWindow = _stream.Window,
        LatestRoundTrip = RoundTrip.Latest,
        SmoothedRoundTrip = RoundTrip.Smoothed,
        MinRoundTrip = RoundTrip.Minimum,
        RoundTripVariation = RoundTrip.Variation,
        RetransmissionTimeout = RoundTrip.Timeout,
        Backoff = RoundTrip.Backoff,
        SegmentSize = _mtu.SegmentSize,
        PayloadSize = _mtu.PayloadLimit,
        InRecovery = _recovery.Phase != RecoveryPhase.None,
    };

    /// <summary>How many segments are sent and not acknowledged, and what is known of them.</summary>
    public SegmentCounts Counts => new(_sent.Count, _sent.SackedCount, _sent.LostCount, _sent.RetransmittedCount);

    /// <summary>Whether congestion control has answered a mark for what is still outstanding.</summary>
    public bool AnswersMark => _processing.AnswersMark;

    /// <summary>How often what a segment carries has been sent before.</summary>
    public int TransmissionsOf(in NextSegment next) => next.Index < 0 ? 0 : _sent[next.Index].Transmissions;

    /// <summary>
    /// Our SYN has been sent by somebody else, who keeps no time: it counts as sent twice, so that nothing is measured by it
    /// and what follows begins carefully.
    /// </summary>
    public void AssumeSynSent(Instant now)
    {
        _selection.TryChooseSyn(out NextSegment syn);
        AppendNew(now, syn, inFlight: true);
        _sent.MarkRetransmitted(0, now);
        _processing.SynWasLost = true;
    }

    /// <summary>Our SYN is to be sent again now, without touching its timer: the peer asked again.</summary>
    public void RepeatSyn()
    {
        if (_sent.AwaitsSyn)
        {
            _sent.MarkLost(0, LossCause.Asked);
            _processing.SynWasLost = true;
        }
    }

    /// <summary>
    /// Our SYN is to be sent again now, as the answer to the peer's: both opened at once (RFC 9293, 3.5, figure 7), and nothing was lost.
    /// </summary>
    public void AnswerSyn() => _stream.SynAnswerDue = _sent.AwaitsSyn;

    /// <summary>The peer told its MSS in its SYN.</summary>
    public void NegotiateSegmentSize(int? peerMaxSegmentSize)
    {
        // RFC 9293, 3.7.1: 536 without the option (1220 over IPv6, which is not told apart here: the smaller is safe), and never
        // more than the peer's. An MSS of 0 is no MSS; a tiny one would make headers of all traffic.
        int peer = peerMaxSegmentSize is null or 0 ? 536 : peerMaxSegmentSize.Value;
        _mtu.Begin(Math.Min(_options.MaxSegmentSize, Math.Max(peer, ConnectionOptions.SmallestPeerSegmentSize)), _options.MtuSearch && Sack);
        _congestion.Restart(_mtu.PayloadLimit);
        _recovery.OnSegmentSize(_mtu.PayloadLimit);
    }

    /// <summary>Takes the window of an acceptable segment (RFC 9293, 3.10.7.4: SND.WL1 and SND.WL2 are the caller's).</summary>
    public void UpdateWindow(long window)
    {
        if (_stream.UpdateWindow(window))
        {
            _windowProbe.OnWindowOpened();
        }
    }

    /// <summary>Chooses what is sent next, if anything may be sent.</summary>
    public bool TryChoose(Instant now, out NextSegment next) => _selection.TryChoose(now, out next);

    /// <summary>How many full segments of new data may follow what was just sent; see <see cref="SegmentSelection.CountBulk"/>.</summary>
    public int CountBulk(Instant now, int max) => _selection.CountBulk(now, max);

    /// <summary>The chosen segment was sent.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="next">What it carried.</param>
    /// <param name="timestamp">The timestamp on it, or null without the option.</param>
    public void Commit(Instant now, in NextSegment next, uint? timestamp)
    {
        long inFlightBefore = _sent.InFlight;
        bool isAgain = next.Index >= 0;
        if (isAgain)
        {
            _statistics.Retransmissions += _stream.SynAnswerDue ? 0 : 1;
            _stream.SynAnswerDue = false;
            _recovery.OnFirstResent();
        }

        _statistics.BytesSent += next.Length;
        _congestion.OnSent(now, next.Length, RoundTrip.Smoothed);
        _recovery.OnSent(next.Length);
        if (next.IsWindowProbe)
        {
            CommitWindowProbe(now, next);
            return;
        }

        if (isAgain)
        {
            if (next.End > _sent[next.Index].End)
            {
                // A refused probe byte goes with what follows it.
                _sent.Extend(next.End, next.IsFin);
                _stream.AdvanceNext(next.End, next.IsFin);
            }

            _sent.MarkRetransmitted(next.Index, now);
            _sent.Stamp(next.Index, _rate, now, inFlightBefore);
            if (!next.IsTailProbe)
            {
                _recovery.OnResent(next.Start, next.End, timestamp);
            }
        }
        else
        {
            AppendNew(now, next, inFlight: true);
            if (next.IsMtuProbe)
            {
                _mtu.OnProbeSent(next.Start, next.End);
            }

            _sent.Stamp(_sent.Count - 1, _rate, now, inFlightBefore);
        }

        if (next.IsTailProbe)
        {
            _recovery.OnTailProbeSent(now, _stream.Next, isAgain ? (next.Start, next.End) : default);
            return;
        }

        // Something went into the window: there is no need to ask for one.
        _lossTimer.CancelWindowProbe();
        _selection.NoteUsage();
        _recovery.AwaitAcknowledgment(now, isHead: next.Index == 0);
        if (!isAgain)
        {
            _recovery.ScheduleTailProbe(now);
        }
    }

    /// <summary>Full segments of new data were sent, as <see cref="CountBulk"/> allowed: the same as one by one. A test holds that.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="count">How many.</param>
    public void CommitBulk(Instant now, int count)
    {
        int length = _mtu.PayloadLimit;
        long bytes = (long)count * length;
        _sent.AppendBulk(_stream.Next, length, count, _rate, now);
        _stream.AdvanceNext(_stream.Next + bytes, isFin: false);
        _statistics.BytesSent += bytes;
        _congestion.OnSentAllowed(now);
        _recovery.OnSent(bytes);
        _lossTimer.CancelWindowProbe();
        _selection.NoteUsage();
        _recovery.AwaitAcknowledgment(now, isHead: false);
        _recovery.ScheduleTailProbe(now);
    }

    /// <summary>Nothing more can be sent now: if that is because the peer has no room, it has to be asked.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isHeldBack">Whether something could have been, and waits for more: the path does not limit us then.</param>
    public void OnNothingToSend(Instant now, bool isHeldBack = false)
    {
        if (!isHeldBack)
        {
            _statistics.LimitClock.Set(now, _selection.Limit);
        }

        if (_timers.IsSet(ConnectionTimer.Pacing))
        {
            // Something can be sent, only not yet.
            return;
        }

        bool hasUnsent = _stream.HasUnsent;
        if (_stream.SynAcknowledged && (!hasUnsent || isHeldBack) && _sent.LostCount == 0 && _sent.InFlight < Congestion.Window)
        {
            _rate.OnApplicationLimited(_sent.InFlight);
        }

        if (_sent.IsHeadSacked)
        {
            _recovery.AwaitReneging(now);
        }
        else if (_stream.SynAcknowledged && _sent.InFlight == 0 && !_windowProbe.IsDue && (_sent.LostCount > 0 || hasUnsent) && !_lossTimer.AwaitsWindow)
        {
            _windowProbe.Await(now);
        }
    }

    /// <summary>Takes an acknowledgment that is not beyond SND.NXT; see <see cref="AcknowledgmentProcessing.Process"/>.</summary>
    public bool Acknowledge(Instant now, long acknowledged, in Segment segment, bool windowChanged, TimeSpan? echoAge) =>
        _processing.Process(now, acknowledged, segment, windowChanged, echoAge);

    /// <summary>The retransmission timer expired (RFC 6298, 5.4 to 5.6).</summary>
    /// <returns>How often it has since anything was acknowledged.</returns>
    public int OnRetransmissionTimer(Instant now)
    {
        if (_sent.Count == 0)
        {
            return 0;
        }

        if (_stream.SynAcknowledged && _stream.Window == 0)
        {
            // Not a loss but a peer without room that took back its window: ask, do not back off cwnd.
            _sent.MarkAllLost(LossCause.WindowClosed, forgetSacked: _sent.IsHeadSacked);
            OnNothingToSend(now);
            return 0;
        }

        _processing.SynWasLost |= !_stream.SynAcknowledged;
        ReportedMtu.OnTimeout();
        long reductions = _recovery.Reductions;
        int expiries = _recovery.OnTimeout(now, _stream.Outstanding, _stream.Next);
        _processing.NoteReductions(reductions);
        _processing.LearnOfLostSizes(now);
        return expiries;
    }

    /// <summary>What was sent last has not left the machine; see <see cref="LocalOutage"/>.</summary>
    public void OnNotSent(Instant now) => _recovery.OnNotSent(now);

    /// <summary>The tail loss probe's time has come.</summary>
    public void OnTailProbeTimer(Instant now) => _recovery.OnTailProbeTimer(now);

    /// <summary>The zero-window probe is due.</summary>
    public void OnWindowProbeTimer() => _windowProbe.OnTimer();

    /// <summary>A segment that was suspected has not turned up in time (RFC 8985, 6.3).</summary>
    public void OnReorderingTimer(Instant now) => _processing.OnReorderingTimer(now);

    /// <summary>Gives back memory that only a busy connection needs.</summary>
    public void Trim()
    {
        _sent.Trim();
        _recovery.Trim();
    }

    /// <summary>Lets go of everything; nothing will be sent any more.</summary>
    public void Release()
    {
        _sent.Clear();
        _stream.Release();
        _windowProbe.Release();
        _recovery.Release();
    }

    private void CommitWindowProbe(Instant now, in NextSegment next)
    {
        _windowProbe.OnSent();
        _statistics.WindowProbes++;
        if (next.Index >= 0)
        {
            _sent.MarkProbed(next.Index, now);
        }
        else
        {
            // Not in flight but waiting: it is resent with the rest when the window opens, and no timer mistakes its
            // loss for congestion.
            AppendNew(now, next, inFlight: false);
        }
    }

    private void AppendNew(Instant now, in NextSegment next, bool inFlight)
    {
        _sent.Append(next.Sent(now, inFlight));
        _stream.AdvanceNext(next.End, next.IsFin);
    }
}
