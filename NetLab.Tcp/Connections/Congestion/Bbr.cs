using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>
/// BBR, version 3 (draft-ietf-ccwg-bbr-02; section numbers below are that draft's): sends at the rate the path was seen to
/// deliver and keeps about one bandwidth-delay product in it. This half of the class is its states; what it knows of the
/// path is <see cref="BbrModel"/>'s.
/// </summary>
internal sealed class Bbr : ICongestionControl
{
    // 2.4 and 5.6: gains of pacing and window by state.
    private const double StartupPacingGain = 2.77;
    private const double DrainPacingGain = 0.5;
    private const double UpPacingGain = 1.25;
    private const double DownPacingGain = 0.9;
    private const double WindowGain = 2;
    private const double UpWindowGain = 2.25;
    private const double ProbeRoundTripWindowGain = 0.5;

    // 2.5: pace a little below the estimate, or a queue would never drain.
    private const double PacingMargin = 0.99;

    // 5.3.3.3: a rate that grows by less than a quarter in three rounds has filled the pipe.
    private const double FullGrowth = 1.25;
    private const int FullRounds = 3;

    // 5.3.3.6 and 5.3.4: how long to cruise before probing again, and how long to look for the least round trip.
    private const int MostRoundsBetweenProbes = 63;
    private static readonly TimeSpan LeastProbeWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeRoundTripDuration = TimeSpan.FromMilliseconds(200);

    private int _segmentSize;
    private readonly BbrModel _model;
    private Phase _phase = Phase.Startup;
    private double _pacingGain = StartupPacingGain;
    private double _windowGain = WindowGain;
    private double _pacingRate;
    private double _fullRate;
    private int _fullCount;
    private bool _isFullNow;
    private bool _pipeIsFull;
    private long _window;
    private long _windowBefore;
    private Instant _phaseStart;
    private Instant _probeStart;
    private Instant? _probeRoundTripUntil;
    private bool _probeRoundTripRound;
    private TimeSpan _probeWait;
    private int _roundsSinceProbe;
    private ulong _random;
    private long _delivered;

    /// <param name="segmentSize">SMSS, in bytes.</param>
    /// <param name="seed">The time between probes is random (5.3.3.5.2), and the machine draws no random numbers of its own.</param>
    public Bbr(int segmentSize, uint seed)
    {
        _segmentSize = segmentSize;
        _model = new BbrModel(segmentSize);
        _window = CongestionControls.InitialWindow(segmentSize);
        _random = seed + 1UL;
    }

    private enum Phase
    {
        Startup,
        Drain,
        Down,
        Cruise,
        Refill,
        Up,
        ProbeRoundTrip,
    }

    public string Name => "bbr";

    public long Window => _window;

    /// <summary>There is none: slow start ends when the pipe is full.</summary>
    public long SlowStartThreshold => _pipeIsFull ? 0 : long.MaxValue;

    public double PacingRate => _pacingRate;

    public bool ControlsRecovery => true;

    /// <summary>The state, for diagnostics and tests.</summary>
    public string State => _phase.ToString();

    /// <summary>What is known of the path.</summary>
    public BbrModel Model => _model;

    private bool IsProbingBandwidth => _phase is Phase.Startup or Phase.Refill or Phase.Up;

    private bool IsInProbeBandwidth => _phase is Phase.Down or Phase.Cruise or Phase.Refill or Phase.Up;

    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        _delivered += sample.Delivered;
        if (sample.IsRoundStart)
        {
            _roundsSinceProbe++;
        }

        _model.Update(sample, _window, IsProbingBandwidth);
        CheckFullPipe(sample);
        CheckStartupDone(sample);
        UpdateProbeBandwidth(sample);
        UpdateRoundTrip(sample);
        _model.EndOfAcknowledgment(sample);
        SetPacingRate(sample);
        SetWindow(sample);
    }

    public void OnLoss(Instant now, long inFlight) => _windowBefore = Math.Max(_windowBefore, _window);

    public void OnMarked(Instant now, long inFlight) => _model.OnMarked();

    public void OnRecovered(Instant now)
    {
        _window = Math.Max(_window, _windowBefore);
        _windowBefore = 0;
    }

    public void OnTimeout(Instant now, long inFlight, bool repeated)
    {
        // 5.6.4.4: one segment, until acknowledgments come again; what was before is restored then.
        _windowBefore = Math.Max(_windowBefore, _window);
        _window = _segmentSize;
    }

    public void OnIdle(Instant now)
    {
        // 5.4.1: no window to restart from; the pace is the model's, so that no burst follows the pause.
        if (IsInProbeBandwidth && _model.Bandwidth > 0)
        {
            _pacingRate = PacingMargin * _model.Bandwidth;
        }
    }

    public void OnSpurious() => OnRecovered(default);

    public void OnSegmentSize(int segmentSize)
    {
        // What is known of the path is bytes and seconds.
        _segmentSize = segmentSize;
        _model.OnSegmentSize(segmentSize);
    }

    public void OnLostSyn()
    {
        // The first round trip is measured all the same, and paces what follows.
    }

    private void CheckFullPipe(in AcknowledgmentSample sample)
    {
        if (_isFullNow || sample.IsApplicationLimited || sample.Rate <= 0)
        {
            return;
        }

        if (sample.Rate >= FullGrowth * _fullRate)
        {
            StartLookingForFullPipe(sample.Rate);
            return;
        }

        if (sample.IsRoundStart)
        {
            _isFullNow = ++_fullCount >= FullRounds;
            _pipeIsFull |= _isFullNow;
        }
    }

    private void StartLookingForFullPipe(double rate) => (_fullRate, _fullCount, _isFullNow) = (rate, 0, false);

    private void CheckStartupDone(in AcknowledgmentSample sample)
    {
        if (_phase == Phase.Startup)
        {
            // 5.3.1.3: losses beyond what a random link would explain mean a full queue.
            if (sample.IsRoundStart && _model.HasPersistentLoss)
            {
                _pipeIsFull = true;
                _model.BoundAfterStartup();
            }

            if (_pipeIsFull)
            {
                Enter(Phase.Drain, sample.Now, DrainPacingGain);
            }
        }

        if (_phase == Phase.Drain && sample.InFlight <= _model.InFlightFor(1))
        {
            EnterDown(sample.Now);
        }
    }

    private void UpdateProbeBandwidth(in AcknowledgmentSample sample)
    {
        if (!_pipeIsFull)
        {
            return;
        }

        bool tooHigh = _model.AdaptUpperBound(sample, _phase == Phase.Up && sample.WindowWasLimit && _window >= _model.LongTermInFlight, IsInProbeBandwidth, _window);
        switch (_phase)
        {
            case Phase.Up when tooHigh:
                EnterDown(sample.Now);
                break;
            case Phase.Down when IsTimeToProbe(sample):
            case Phase.Cruise when IsTimeToProbe(sample):
                _model.StartRefill();
                Enter(Phase.Refill, sample.Now, 1);
                break;
            case Phase.Down when sample.InFlight <= Math.Min(_model.InFlightWithHeadroom, _model.InFlightFor(1)):
                Enter(Phase.Cruise, sample.Now, 1);
                break;
            case Phase.Refill when sample.IsRoundStart && sample.Now > _phaseStart:
                _model.StartUp(_window);
                StartLookingForFullPipe(sample.Rate);
                Enter(Phase.Up, sample.Now, UpPacingGain, UpWindowGain);
                break;
            case Phase.Up:
                ContinueUp(sample);
                break;
            default:
                break;
        }
    }

    private void ContinueUp(in AcknowledgmentSample sample)
    {
        if (sample.WindowWasLimit && _window >= _model.LongTermInFlight)
        {
            // What is measured is our own bound: it says nothing about the path.
            StartLookingForFullPipe(sample.Rate);
        }
        else if (_isFullNow)
        {
            EnterDown(sample.Now);
        }
    }

    // 5.3.3.6: by the clock, or, to leave Reno its share, after as many rounds as Reno would need to probe.
    private bool IsTimeToProbe(in AcknowledgmentSample sample)
    {
        long reno = Math.Min(_model.InFlightFor(1), _window) / _segmentSize;
        return sample.Now - _probeStart > _probeWait || _roundsSinceProbe >= Math.Min(reno, MostRoundsBetweenProbes);
    }

    private void EnterDown(Instant now)
    {
        _model.StartDown();
        _probeStart = now;
        _roundsSinceProbe = (int)(Draw() % 2);
        _probeWait = LeastProbeWait + TimeSpan.FromMilliseconds(Draw() % 1000);
        Enter(Phase.Down, now, DownPacingGain);
    }

    private void Enter(Phase phase, Instant now, double pacingGain, double windowGain = WindowGain) =>
        (_phase, _phaseStart, _pacingGain, _windowGain) = (phase, now, pacingGain, windowGain);

    private void UpdateRoundTrip(in AcknowledgmentSample sample)
    {
        bool isDue = _model.UpdateRoundTrip(sample);
        if (_phase != Phase.ProbeRoundTrip && isDue)
        {
            _windowBefore = Math.Max(_windowBefore, _window);
            Enter(Phase.ProbeRoundTrip, sample.Now, 1, ProbeRoundTripWindowGain);
            (_probeRoundTripUntil, _probeRoundTripRound) = (null, false);
            return;
        }

        if (_phase != Phase.ProbeRoundTrip)
        {
            return;
        }

        if (_probeRoundTripUntil is not { } until)
        {
            if (sample.InFlight <= ProbeRoundTripWindow)
            {
                _probeRoundTripUntil = sample.Now + ProbeRoundTripDuration;
            }

            return;
        }

        _probeRoundTripRound |= sample.IsRoundStart;
        if (_probeRoundTripRound && sample.Now > until)
        {
            _model.RoundTripProbed(sample.Now);
            OnRecovered(sample.Now);
            if (_pipeIsFull)
            {
                EnterDown(sample.Now);
                Enter(Phase.Cruise, sample.Now, 1);
            }
            else
            {
                Enter(Phase.Startup, sample.Now, StartupPacingGain);
            }
        }
    }

    private long ProbeRoundTripWindow => Math.Max(_model.InFlightFor(ProbeRoundTripWindowGain), _model.LeastWindow);

    private void SetPacingRate(in AcknowledgmentSample sample)
    {
        double bandwidth = _model.Bandwidth;
        if (bandwidth <= 0)
        {
            // 5.6.2: before the first rate, by the first window and round trip.
            bandwidth = sample.Smoothed is { Ticks: > 0 } roundTrip ? _window / roundTrip.TotalSeconds : 0;
        }

        double rate = _pacingGain * PacingMargin * bandwidth;
        if (_pipeIsFull || rate > _pacingRate)
        {
            _pacingRate = rate;
        }
    }

    private void SetWindow(in AcknowledgmentSample sample)
    {
        // 5.6.4: towards what the model allows, by what is acknowledged.
        long most = _model.MostInFlight(_windowGain, _pacingRate, _phase == Phase.Up);
        if (_pipeIsFull)
        {
            _window = Math.Min(_window + sample.Delivered, most);
        }
        else if (_window < most || _delivered < CongestionControls.InitialWindow(_segmentSize))
        {
            _window += sample.Delivered;
        }

        _window = Math.Max(_window, _model.LeastWindow);
        if (_phase == Phase.ProbeRoundTrip)
        {
            _window = Math.Min(_window, ProbeRoundTripWindow);
        }

        long cap = IsInProbeBandwidth && _phase != Phase.Cruise ? _model.LongTermInFlight
            : _phase is Phase.ProbeRoundTrip or Phase.Cruise ? _model.InFlightWithHeadroom
            : long.MaxValue;
        _window = Math.Min(_window, Math.Max(Math.Min(cap, _model.ShortTermInFlight), _model.LeastWindow));
    }

    // xorshift64* (Vigna 2016): only to keep flows from probing in step.
    private uint Draw()
    {
        _random ^= _random >> 12;
        _random ^= _random << 25;
        _random ^= _random >> 27;
        return (uint)((_random * 0x2545_F491_4F6C_DD1D) >> 32);
    }
}
