using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>
/// What BBR knows of the path (draft-ietf-ccwg-bbr-02, 5.5): the bandwidth of the last two probes, the least round trip,
/// how acknowledgments bunch, and the bounds that losses have taught it.
/// </summary>
internal sealed class BbrModel(int segmentSize)
{
    // 2.6 and 2.7: more loss than 2 % of what was in flight is too much; then 70 % are kept, and 15 % left to others. The
    // draft holds every loss for congestion, and on a path that loses at random gives up most of it. Here the 2 % are for
    // loss that comes with a queue: a round trip a quarter longer than the least. Without one, it takes more than any but a
    // broken path loses at random, and as much as BBR's own probing could cause in a queue too short to be measured.
    private const double LossThreshold = 0.02;
    private const double LossThresholdWithoutQueue = 0.15;
    private const double QueuedRoundTrip = 1.25;
    private const double Decrease = 0.7;
    private const double Headroom = 0.15;

    // 5.3.1.3: so many rounds with too much loss end startup.
    private const int LossyRounds = 6;
    private const int AggregationRounds = 10;
    private static readonly TimeSpan RoundTripValid = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RoundTripProbeInterval = TimeSpan.FromSeconds(5);

    // The most of this probing cycle and of the one before (5.5.5: MaxBwFilterLen 2).
    private double _bandwidthNow;
    private double _bandwidthBefore;
    private double _shortTermBandwidth = double.PositiveInfinity;
    private double _latestBandwidth;
    private long _latestDelivered;
    private TimeSpan _probedRoundTrip = TimeSpan.MaxValue;
    private Instant _probedAt;
    private Instant _leastRoundTripAt;
    private TimeSpan _roundTripOfRound = TimeSpan.MaxValue;
    private TimeSpan _roundTripOfLastRound = TimeSpan.MaxValue;
    private long _lostInRound;
    private long _deliveredInRound;
    private int _lossyRounds;
    private bool _isMarked;
    private bool _isProbeSample;
    private Feedback _feedback;
    private long _upAcknowledged;
    private long _upStep = long.MaxValue;
    private int _upRounds;
    private long _extraNow;
    private long _extraBefore;
    private int _extraRounds;
    private long _aggregated;
    private Instant _aggregationStart;

    private enum Feedback
    {
        None,
        ProbeStarting,
        ProbeFeedback,
        ProbeStopping,
    }

    /// <summary>bw: bytes a second the path delivers, as far as is believed now; 0 before the first sample.</summary>
    public double Bandwidth => Math.Min(MaxBandwidth, _shortTermBandwidth);

    /// <summary>max_bw: the most of the last two cycles.</summary>
    public double MaxBandwidth => Math.Max(_bandwidthNow, _bandwidthBefore);

    /// <summary>min_rtt; zero before the first sample.</summary>
    public TimeSpan MinRoundTrip { get; private set; } = TimeSpan.MaxValue;

    /// <summary>inflight_longterm: what the path bore when it was probed.</summary>
    public long LongTermInFlight { get; private set; } = long.MaxValue;

    /// <summary>inflight_shortterm: what losses since the last probe leave of it.</summary>
    public long ShortTermInFlight { get; private set; } = long.MaxValue;

    /// <summary>BBRMinPipeCwnd: four segments, so that delayed acknowledgments do not stop the flow.</summary>
    public long MinWindow => 4L * segmentSize;

    /// <summary>Whether too much has been lost in several rounds.</summary>
    public bool HasPersistentLoss => _lossyRounds >= LossyRounds;

    /// <summary>What is left in the path when others are given room.</summary>
    public long InFlightWithHeadroom => LongTermInFlight == long.MaxValue
        ? long.MaxValue
        : Math.Max(LongTermInFlight - Math.Max(segmentSize, (long)(Headroom * LongTermInFlight)), MinWindow);

    /// <summary>A number of bandwidth-delay products in bytes.</summary>
    public long InFlightFor(double gain) => MinRoundTrip == TimeSpan.MaxValue || Bandwidth <= 0
        ? InitialWindow.For(segmentSize)
        : (long)(gain * Bandwidth * MinRoundTrip.TotalSeconds);

    /// <summary>The most that may be in flight (5.6.4.2): gain, bunching, and room for batches.</summary>
    public long MaxInFlight(double gain, double pacingRate, bool isUp)
    {
        long batch = (long)Math.Max(Math.Min(pacingRate / 1000, 64 << 10), 2 * segmentSize);
        long most = Math.Max(InFlightFor(gain) + Math.Max(_extraNow, _extraBefore), 3 * batch);
        return Math.Max(most, MinWindow) + (isUp ? 2 * segmentSize : 0);
    }

    /// <summary>Takes what an acknowledgment tells of bandwidth and loss.</summary>
    public void Update(in AcknowledgmentSample sample, long window, bool isProbing)
    {
        if (sample.Rate > 0 && (sample.Rate >= MaxBandwidth || !sample.IsApplicationLimited))
        {
            _bandwidthNow = Math.Max(_bandwidthNow, sample.Rate);
        }

        _latestBandwidth = Math.Max(_latestBandwidth, sample.Rate);
        _latestDelivered = Math.Max(_latestDelivered, sample.Delivered);
        _roundTripOfRound = sample.RoundTrip is { } roundTrip && roundTrip < _roundTripOfRound ? roundTrip : _roundTripOfRound;
        _lostInRound += sample.Lost;
        _deliveredInRound += sample.Delivered;
        UpdateAggregation(sample, window);
        if (!sample.IsRoundStart)
        {
            return;
        }

        bool tooMuch = _isMarked || _lostInRound > LossBorne * (_lostInRound + _deliveredInRound);
        _lossyRounds = tooMuch ? _lossyRounds + 1 : 0;
        if (tooMuch && !isProbing)
        {
            // 5.5.10.3: a round with too much loss, though nothing was probed: a little less, but never less than was just delivered.
            double bandwidth = double.IsPositiveInfinity(_shortTermBandwidth) ? MaxBandwidth : _shortTermBandwidth;
            long inFlight = ShortTermInFlight == long.MaxValue ? window : ShortTermInFlight;
            _shortTermBandwidth = Math.Max(_latestBandwidth, Decrease * bandwidth);
            ShortTermInFlight = Math.Max(_deliveredInRound, (long)(Decrease * inFlight));
        }

        (_lostInRound, _deliveredInRound, _isMarked) = (0, 0, false);
        (_roundTripOfLastRound, _roundTripOfRound) = (_roundTripOfRound, TimeSpan.MaxValue);
    }

    /// <summary>
    /// A queue was so long that it marked something. The draft leaves ECN to a later one: here a mark is as good as too much loss
    /// in its round.
    /// </summary>
    public void OnMarked() => _isMarked = true;

    /// <summary>Segments have another size from now on.</summary>
    public void OnSegmentSize(int newSize) => segmentSize = newSize;

    /// <summary>The acknowledgment has been looked at by everybody.</summary>
    public void EndOfAcknowledgment(in AcknowledgmentSample sample)
    {
        if (sample.IsRoundStart)
        {
            (_latestBandwidth, _latestDelivered) = (sample.Rate, sample.Delivered);
        }
    }

    /// <summary>Learns from a probe what the path bears (5.5.10.2).</summary>
    /// <param name="sample">The acknowledgment.</param>
    /// <param name="isLimit">Whether the bound itself kept the probe from going further.</param>
    /// <param name="isInProbeBandwidth">Whether the pipe is full and being probed or cruised in.</param>
    /// <param name="window">cwnd.</param>
    /// <returns>Whether the probe has found too much loss.</returns>
    public bool AdaptUpperBound(in AcknowledgmentSample sample, bool isLimit, bool isInProbeBandwidth, long window)
    {
        if (sample.IsRoundStart && _feedback == Feedback.ProbeStarting)
        {
            _feedback = Feedback.ProbeFeedback;
        }
        else if (sample.IsRoundStart && _feedback == Feedback.ProbeStopping)
        {
            (_isProbeSample, _feedback) = (false, Feedback.None);
            if (isInProbeBandwidth && !sample.IsApplicationLimited)
            {
                (_bandwidthBefore, _bandwidthNow) = (_bandwidthNow, sample.Rate);
            }
        }

        if (_isProbeSample && sample.InFlightAtSend > 0 && (_isMarked || sample.LostSinceSent > LossBorne * sample.InFlightAtSend))
        {
            _isProbeSample = false;
            if (!sample.IsApplicationLimited)
            {
                LongTermInFlight = Math.Max(sample.InFlightAtSend, (long)(Decrease * Math.Min(InFlightFor(1), window)));
            }

            return true;
        }

        if (LongTermInFlight != long.MaxValue)
        {
            LongTermInFlight = Math.Max(LongTermInFlight, sample.InFlightAtSend);
            if (isLimit)
            {
                Raise(sample, window);
            }
        }

        return false;
    }

    /// <summary>Startup ended by loss: what was delivered in a round is what the path bears.</summary>
    public void BoundAfterStartup() => LongTermInFlight = Math.Max(InFlightFor(1), _latestDelivered);

    /// <summary>A probe is over: back to what was known before it.</summary>
    public void StartDown()
    {
        _upStep = long.MaxValue;
        _feedback = Feedback.ProbeStopping;
    }

    /// <summary>The pipe is filled before a probe: what losses had taught in between is forgotten.</summary>
    public void StartRefill()
    {
        (_shortTermBandwidth, ShortTermInFlight) = (double.PositiveInfinity, long.MaxValue);
        (_upRounds, _upAcknowledged) = (0, 0);
        _feedback = Feedback.None;
    }

    /// <summary>A probe begins.</summary>
    public void StartUp(long window)
    {
        _isProbeSample = true;
        _feedback = Feedback.ProbeStarting;
        RaiseSlope(window);
    }

    /// <summary>Takes a round trip.</summary>
    /// <returns>Whether it is time to look for a shorter one.</returns>
    public bool UpdateRoundTrip(in AcknowledgmentSample sample)
    {
        bool isDue = sample.Now - _probedAt > RoundTripProbeInterval && _probedRoundTrip != TimeSpan.MaxValue;

        // As short as the shortest confirms it: a probe that drained the queue anyway need not be followed by another.
        if (sample.RoundTrip is { } roundTrip && (roundTrip <= _probedRoundTrip || isDue))
        {
            (_probedRoundTrip, _probedAt) = (roundTrip, sample.Now);
        }

        if (_probedRoundTrip < MinRoundTrip || sample.Now - _leastRoundTripAt > RoundTripValid)
        {
            (MinRoundTrip, _leastRoundTripAt) = (_probedRoundTrip, _probedAt);
        }

        return isDue;
    }

    /// <summary>The pipe was nearly empty for long enough.</summary>
    public void OnRoundTripProbed(Instant now)
    {
        _probedAt = now;
        (_shortTermBandwidth, ShortTermInFlight) = (double.PositiveInfinity, long.MaxValue);
    }

    private double LossBorne
    {
        get
        {
            TimeSpan roundTrip = _roundTripOfRound < _roundTripOfLastRound ? _roundTripOfRound : _roundTripOfLastRound;
            bool isQueued = roundTrip != TimeSpan.MaxValue && roundTrip.Ticks > QueuedRoundTrip * MinRoundTrip.Ticks;
            return isQueued ? LossThreshold : LossThresholdWithoutQueue;
        }
    }

    private void Raise(in AcknowledgmentSample sample, long window)
    {
        _upAcknowledged += sample.Delivered;
        if (_upAcknowledged >= _upStep)
        {
            long steps = _upAcknowledged / _upStep;
            _upAcknowledged -= steps * _upStep;
            LongTermInFlight += steps * segmentSize;
        }

        if (sample.IsRoundStart)
        {
            RaiseSlope(window);
        }
    }

    // 5.3.3.7: one segment in the first round of a probe, twice as many in each further one.
    private void RaiseSlope(long window)
    {
        long growth = 1L << _upRounds;
        _upRounds = Math.Min(_upRounds + 1, 30);
        _upStep = Math.Max(window / growth, 1);
    }

    // 5.5.9: how much more is acknowledged at once than the bandwidth explains.
    private void UpdateAggregation(in AcknowledgmentSample sample, long window)
    {
        if (sample.IsRoundStart && ++_extraRounds >= AggregationRounds)
        {
            (_extraBefore, _extraNow, _extraRounds) = (_extraNow, 0, 0);
        }

        double expected = Bandwidth * (sample.Now - _aggregationStart).TotalSeconds;
        if (_aggregated <= expected)
        {
            (_aggregated, _aggregationStart, expected) = (0, sample.Now, 0);
        }

        _aggregated += sample.Delivered;
        _extraNow = Math.Max(_extraNow, Math.Min((long)(_aggregated - expected), window));
    }
}
