using System.Diagnostics.CodeAnalysis;
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
/// The sending half of a connection: what we send and what the peer says of it. It knows nothing of the receiving half.
/// Decides what goes next (<see cref="TryPlan"/>); loss detection on acknowledgments is in the other half of this class.
/// </summary>
internal sealed partial class Sender
{
    private static readonly TimeSpan LeastRenegingWait = TimeSpan.FromMilliseconds(10);

    private readonly ConnectionOptions _options;
    private readonly TimerTable _timers;
    private readonly ConnectionStatistics _statistics;
    private readonly SentSegments _sent = new();
    private readonly RackDetector _rack = new();
    private readonly TailLossProbe _tailProbe = new();
    private readonly DeliveryRate _rate = new();
    private readonly SpuriousRecovery _undo = new();
    private ICongestionControl _congestion;
    private ProportionalRateReduction _reduction;
    private Pacer _pacer;
    private Instant? _lastSentAt;
    private int _segmentSize;
    private bool _synQueued;
    private bool _finQueued;
    private bool _windowProbeDue;
    private int _windowProbes;
    private bool _congestionWasLimit;
    private WindowUsage _usage;

    // Whether our SYN has to go again though it was not lost, and whether one was.
    private bool _synAnswerDue;
    private bool _synWasLost;

    public Sender(ConnectionOptions options, SequenceNumber initial, TimerTable timers, ConnectionStatistics statistics, EcnDataSender ecn)
    {
        _options = options;
        _timers = timers;
        _statistics = statistics;
        Initial = initial;
        Ecn = ecn;
        RoundTrip = new RoundTripEstimator(options);
        _segmentSize = options.MaxSegmentSize;
        Nagle = options.Nagle;
        StartCongestionControl();
    }

    /// <summary>ISS.</summary>
    public SequenceNumber Initial { get; }

    /// <summary>The bytes written and not acknowledged.</summary>
    public SendBuffer Buffer { get; } = new();

    /// <summary>Whether small segments wait for an acknowledgment.</summary>
    public bool Nagle { get; set; }

    /// <summary>SND.UNA as a stream offset.</summary>
    public long Unacknowledged { get; private set; }

    /// <summary>SND.NXT as a stream offset.</summary>
    public long Next { get; private set; }

    /// <summary>
    /// The number a segment without text goes under: SND.NXT, but never beyond the peer's window, or a peer whose window a
    /// probe overshot by a byte would take no acknowledgment from us any more. One that took the byte sees an old number, and
    /// takes the acknowledgment all the same.
    /// </summary>
    public long AcceptableNext => SynAcknowledged ? Math.Min(Next, Unacknowledged + Window) : Next;

    /// <summary>SND.WND in bytes.</summary>
    public long Window { get; private set; }

    /// <summary>The largest window the peer has offered.</summary>
    public long MaxWindow { get; private set; }

    /// <summary>Measurements of the path.</summary>
    public RoundTripEstimator RoundTrip { get; }

    /// <summary>How far the peer's window fields are shifted; 0 unless both sides offered scaling.</summary>
    public int WindowShift { get; set; }

    /// <summary>Whether the peer takes SACK, so that RACK-TLP has something to go by.</summary>
    public bool Sack { get; set; }

    /// <summary>Bytes of options in every data segment, which the MSS has to leave room for (RFC 6691).</summary>
    public int FixedOptionBytes { get; set; }

    /// <summary>The MSS in force: payload and options of a full segment, in bytes.</summary>
    public int SegmentSize => _segmentSize;

    /// <summary>The algorithm in charge.</summary>
    public ICongestionControl Congestion => _congestion;

    /// <summary>Sequence numbers in the network.</summary>
    public long InFlight => _sent.InFlight;

    /// <summary>Bytes written and never sent.</summary>
    public long Unsent => Math.Max(0, Buffer.End - Math.Max(Next, 1));

    /// <summary>Whether something was sent and not acknowledged.</summary>
    public bool HasUnacknowledged => _sent.Count > 0;

    /// <summary>Whether our FIN has been sent at least once.</summary>
    public bool FinSent { get; private set; }

    /// <summary>Whether the peer has acknowledged everything, our FIN included.</summary>
    public bool FinAcknowledged => FinSent && Unacknowledged == Next;

    /// <summary>Whether nothing but the acknowledgment of our FIN is missing.</summary>
    public bool OnlyFinUnacknowledged => FinSent && Unacknowledged >= Next - 1;

    /// <summary>Whether a FIN follows the data.</summary>
    public bool FinQueued => _finQueued;

    /// <summary>Hears what happens to what was sent; null for nobody.</summary>
    public Observation? Observation
    {
        get => _sent.Observation;
        set => _sent.Observation = value;
    }

    /// <summary>What the peer says of marks.</summary>
    public EcnDataSender Ecn { get; }

    /// <summary>Whether our SYN was sent more than once; not known any more once it has been acknowledged.</summary>
    public bool SynWasSentAgain => _sent.Count > 0 && _sent[0] is { IsSyn: true, Transmissions: > 1 };

    /// <summary>The number of the next transmission, as <see cref="SentSegment.Order"/> will have it.</summary>
    public long NextTransmission => _sent.LastTransmission + 1;

    /// <summary>What is known of the path.</summary>
    public ConnectionMetrics Metrics => new()
    {
        CongestionWindow = _congestion.Window,
        SlowStartThreshold = _congestion.SlowStartThreshold == long.MaxValue ? null : _congestion.SlowStartThreshold,
        InFlight = _sent.InFlight,
        SendWindow = Window,
        LatestRoundTrip = RoundTrip.Latest,
        SmoothedRoundTrip = RoundTrip.Smoothed,
        LeastRoundTrip = RoundTrip.Minimum,
        RoundTripVariation = RoundTrip.Variation,
        RetransmissionTimeout = RoundTrip.Timeout,
        Backoff = RoundTrip.Backoff,
        SegmentSize = _segmentSize,
        PayloadSize = PayloadLimit,
        InRecovery = _phase != RecoveryPhase.None,
    };

    /// <summary>How many segments are sent and not acknowledged, and what is known of them.</summary>
    public SegmentCounts Counts => new(_sent.Count, _sent.SackedCount, _sent.LostCount, _sent.RetransmittedCount);

    private bool SynAcknowledged => Unacknowledged > 0;

    // The flow control of a peer that has not spoken yet is not known; a SYN needs none.
    private long WindowEdge => SynAcknowledged ? Unacknowledged + Window : 1;

    private int PayloadLimit => Math.Max(1, _segmentSize - FixedOptionBytes);

    /// <summary>How often what a plan sends has been sent before.</summary>
    public int TransmissionsOf(in SegmentPlan plan) => plan.Index < 0 ? 0 : _sent[plan.Index].Transmissions;

    /// <summary>The wire's number of a stream offset of ours.</summary>
    public SequenceNumber Wrap(long offset) => SequenceNumber.Wrap(offset, Initial);

    /// <summary>The stream offset of an acknowledgment of ours.</summary>
    public long Unwrap(SequenceNumber number) => number.Unwrap(Initial, Unacknowledged);

    /// <summary>Our SYN, or SYN_ACK, is to be sent.</summary>
    public void QueueSyn() => _synQueued = true;

    /// <summary>
    /// Our SYN has been sent by somebody else, who keeps no time: it counts as sent twice, so that nothing is measured by it
    /// and what follows begins carefully.
    /// </summary>
    public void AssumeSynSent(Instant now)
    {
        TryPlanSyn(out SegmentPlan plan);
        AppendNew(now, plan, inFlight: true);
        _sent.MarkRetransmitted(0, now);
        _synWasLost = true;
    }

    /// <summary>Our SYN is to be sent again now, without touching its timer: the peer asked again.</summary>
    public void RepeatSyn()
    {
        if (_sent.Count > 0 && _sent[0].IsSyn)
        {
            _sent.MarkLost(0, LossCause.Asked);
            _synWasLost = true;
        }
    }

    /// <summary>
    /// Our SYN is to be sent again now, as the answer to the peer's: both opened at once (RFC 9293, 3.5, figure 7), and nothing was lost.
    /// </summary>
    public void AnswerSyn() => _synAnswerDue = _sent.Count > 0 && _sent[0].IsSyn;

    /// <summary>No more data will be written: a FIN goes behind what there is.</summary>
    public void QueueFin() => _finQueued = true;

    /// <summary>The peer told its MSS in its SYN.</summary>
    public void NegotiateSegmentSize(int? peerMaxSegmentSize)
    {
        // RFC 9293, 3.7.1: 536 without the option (1220 over IPv6, which is not told apart here: the smaller is safe), and never
        // more than the peer's. An MSS of 0 is no MSS; a tiny one would make headers of all traffic.
        int peer = peerMaxSegmentSize is null or 0 ? 536 : peerMaxSegmentSize.Value;
        _segmentSize = Math.Min(_options.MaxSegmentSize, Math.Max(peer, ConnectionOptions.SmallestPeerSegmentSize));
        StartMtuSearch();
        StartCongestionControl();
    }

    /// <summary>Takes the window of an acceptable segment (RFC 9293, 3.10.7.4: SND.WL1 and SND.WL2 are the caller's).</summary>
    public void UpdateWindow(long window)
    {
        if (Window == 0 && window > 0)
        {
            // The peer has room again: what waited goes at once, and the next closing starts the back-off anew.
            _windowProbes = 0;
            _windowProbeDue = false;
            _timers.Stop(ConnectionTimer.WindowProbe);
        }

        Window = window;
        MaxWindow = Math.Max(MaxWindow, window);
    }

    /// <summary>Notes that the plan was carried out.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="plan">What was sent.</param>
    /// <param name="timestamp">The timestamp on it, or null without the option.</param>
    public void Commit(Instant now, in SegmentPlan plan, uint? timestamp)
    {
        long inFlightBefore = _sent.InFlight;
        _lastSentAt = now;
        if (plan.Index >= 0)
        {
            _statistics.Retransmissions += _synAnswerDue ? 0 : 1;
            (_retransmitFirst, _synAnswerDue) = (false, false);
        }

        _statistics.BytesSent += plan.Length;
        _pacer.OnSent(now, plan.Length, PacingRate);
        _reduction.OnSent(plan.Length);
        if (plan.IsWindowProbe)
        {
            CommitWindowProbe(now, plan);
            return;
        }

        if (plan.Index >= 0)
        {
            if (plan.End > _sent[plan.Index].End)
            {
                // A refused probe byte goes with what follows it.
                _sent.Extend(plan.End, plan.IsFin);
                Next = plan.End;
                FinSent |= plan.IsFin;
            }

            _sent.MarkRetransmitted(plan.Index, now);
            _sent.Stamp(plan.Index, _rate, now, inFlightBefore);
            if (!plan.IsTailProbe && _phase != RecoveryPhase.None)
            {
                _undo.OnResent(plan.Start, plan.End, timestamp);
            }
        }
        else
        {
            AppendNew(now, plan, inFlight: true);
            if (plan.IsMtuProbe)
            {
                OnMtuProbeSent(plan);
            }

            _sent.Stamp(_sent.Count - 1, _rate, now, inFlightBefore);
        }

        if (plan.IsTailProbe)
        {
            _statistics.TailLossProbes++;
            _tailProbe.OnSent(Next, plan.Index >= 0 ? (plan.Start, plan.End) : default);
            _timers.Set(ConnectionTimer.Retransmission, now + RoundTrip.Timeout);
            return;
        }

        // Something went into the window: there is no need to ask for one.
        _timers.Stop(ConnectionTimer.WindowProbe);

        NoteUsage();

        // RFC 6298, 5.1: sending starts the timer only if it is not running; but a recovery that goes on for longer than the RTO must
        // not be cut by it (RFC 6675, 6).
        if (!_timers.IsSet(ConnectionTimer.Retransmission) || (plan.Index == 0 && _phase == RecoveryPhase.Fast))
        {
            _timers.Set(ConnectionTimer.Retransmission, now + RoundTrip.Timeout);
        }

        if (plan.Index < 0)
        {
            ScheduleTailProbe(now);
        }
    }

    /// <summary>Nothing more can be sent now: if that is because the peer has no room, it has to be asked.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isHeldBack">Whether something could have been, and waits for more: the path does not limit us then.</param>
    public void OnNothingToSend(Instant now, bool isHeldBack = false)
    {
        if (!isHeldBack)
        {
            _statistics.LimitClock.Set(now, LimitNow());
        }

        if (_timers.IsSet(ConnectionTimer.Pacing))
        {
            // Something can be sent, only not yet.
            return;
        }

        if (SynAcknowledged && (!HasUnsent || isHeldBack) && _sent.LostCount == 0 && _sent.InFlight < _congestion.Window)
        {
            _rate.OnApplicationLimited(_sent.InFlight);
        }

        if (_sent.IsHeadSacked)
        {
            AwaitReneging(now);
            return;
        }

        bool waiting = SynAcknowledged && _sent.InFlight == 0 && !_windowProbeDue
            && (_sent.LostCount > 0 || HasUnsent) && !_timers.IsSet(ConnectionTimer.WindowProbe);
        if (waiting)
        {
            // RFC 9293, 3.8.6.1: the first probe after one RTO, then at growing intervals.
            _timers.Stop(ConnectionTimer.Retransmission);
            _timers.Stop(ConnectionTimer.TailLossProbe);
            if ((_options.Without & Ablations.PersistTimer) != 0)
            {
                return;
            }

            TimeSpan wait = RoundTripEstimator.BackedOff(RoundTrip.BaseTimeout, _windowProbes, _options.MaxRetransmissionTimeout);
            _timers.Set(ConnectionTimer.WindowProbe, now + wait);
        }
    }

    // What keeps us from sending more, now that nothing can be sent.
    private SendLimit LimitNow()
    {
        if (!SynAcknowledged || (FinSent && _sent.LostCount == 0))
        {
            return SendLimit.None;
        }

        if (_timers.IsSet(ConnectionTimer.Pacing))
        {
            return SendLimit.Pacing;
        }

        if (_sent.LostCount > 0)
        {
            return WindowEdge <= _sent[_sent.FirstLost()].Start ? SendLimit.ReceiveWindow : SendLimit.CongestionWindow;
        }

        if (Unsent > 0)
        {
            // Less than a segment that Nagle holds back is the application's doing.
            return WindowEdge - Next < Math.Min(Unsent, PayloadLimit) ? SendLimit.ReceiveWindow
                : _congestionWasLimit ? SendLimit.CongestionWindow
                : SendLimit.Application;
        }

        // A pipe lets its writer go on when it is half empty: until then the buffer, not the writer, is what there is no more of.
        return Buffer.End - Unacknowledged > _options.SendBufferSize / 2 ? SendLimit.SendBuffer : SendLimit.Application;
    }

    /// <summary>The zero-window probe is due.</summary>
    /// <returns>How many probes have gone without the window opening.</returns>
    public int OnWindowProbeTimer()
    {
        _windowProbeDue = true;
        return ++_windowProbes;
    }

    /// <summary>Gives back memory that only a busy connection needs.</summary>
    public void Trim()
    {
        _sent.Trim();
        _undo.Trim();
    }

    /// <summary>Lets go of everything; nothing will be sent any more.</summary>
    public void Release()
    {
        _sent.Clear();
        Buffer.Clear();
        _undo.Trim();
        (_synQueued, _synAnswerDue, _finQueued, _windowProbeDue) = (false, false, false, false);
        _tailProbe.Cancel();
    }

    [MemberNotNull(nameof(_congestion), nameof(_reduction), nameof(_pacer))]
    private void StartCongestionControl()
    {
        _congestion = CongestionControls.Create(_options.Congestion, PayloadLimit, _options.Pacing, Initial, _options.Without);
        _reduction = new ProportionalRateReduction(PayloadLimit);
        _pacer = new Pacer(PayloadLimit);
    }

    private void NoteUsage() =>
        _usage.Note(Unacknowledged, Next, _sent.InFlight, isFull: EffectiveInFlight + PayloadLimit > _congestion.Window);

    // The peer acknowledges up to what it had sacked, and not that: it has thrown it away (RFC 2018, 8), unless an acknowledgment of
    // more is about to come. It gets half a round trip for that (as in Linux), and not the whole RTO, in which nothing else happens.
    private void AwaitReneging(Instant now)
    {
        TimeSpan wait = TimeSpan.FromTicks(Math.Max(LeastRenegingWait.Ticks, (RoundTrip.Smoothed ?? RoundTrip.Timeout).Ticks / 2));
        Instant at = now + (wait < RoundTrip.Timeout ? wait : RoundTrip.Timeout);
        if (!_timers.IsSet(ConnectionTimer.Retransmission) || at < _timers[ConnectionTimer.Retransmission])
        {
            _timers.Set(ConnectionTimer.Retransmission, at);
        }
    }

    private void CommitWindowProbe(Instant now, in SegmentPlan plan)
    {
        _windowProbeDue = false;
        _statistics.WindowProbes++;
        if (plan.Index >= 0)
        {
            _sent.MarkProbed(plan.Index, now);
        }
        else
        {
            // Not in flight but waiting: it is resent with the rest when the window opens, and no timer mistakes its
            // loss for congestion.
            AppendNew(now, plan, inFlight: false);
        }
    }

    private void AppendNew(Instant now, in SegmentPlan plan, bool inFlight)
    {
        _sent.Append(new SentSegment
        {
            Start = plan.Start,
            End = plan.End,
            SentAt = now,
            Transmissions = 1,
            IsSyn = plan.IsSyn,
            IsFin = plan.IsFin,
            IsMtuProbe = plan.IsMtuProbe,
            InFlight = inFlight,
            IsLost = !inFlight,
            IsWindowProbe = plan.IsWindowProbe,
        });
        Next = plan.End;
        _synQueued &= !plan.IsSyn;
        FinSent |= plan.IsFin;
    }
}
