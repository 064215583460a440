using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>
/// BBR, version 3 (draft-ietf-ccwg-bbr-02; section numbers in this folder are that draft's): sends at the rate the path was seen to
/// deliver and keeps about one bandwidth-delay product in it. Here phases change, and pace and window follow from the phase and
/// from what <see cref="BbrModel"/> knows of the path.
/// </summary>
internal sealed class BbrControl : ICongestionControl
{
    // 2.5: pace a little below the estimate, or a queue would never drain.
    private const double PacingMargin = 0.99;

    private readonly BbrModel _model;
    private readonly ProbeBandwidth _probeBandwidth;
    private readonly ProbeRoundTrip _probeRoundTrip;
    private FullPipe _pipe;
    private BbrPhase _phase = BbrPhase.Startup;
    private BbrGains _gains = BbrGains.Of(BbrPhase.Startup);
    private Instant _phaseStart;
    private int _segmentSize;
    private double _pacingRate;
    private long _window;
    private long _windowBefore;
    private long _delivered;

    /// <param name="segmentSize">SMSS, in bytes.</param>
    /// <param name="seed">The time between probes is random.</param>
    public BbrControl(int segmentSize, uint seed)
    {
        _segmentSize = segmentSize;
        _model = new BbrModel(segmentSize);
        _probeBandwidth = new ProbeBandwidth(_model, seed);
        _probeRoundTrip = new ProbeRoundTrip(_model);
        _window = InitialWindow.For(segmentSize);
    }

    public string Name => "bbr";

    public long Window => _window;

    /// <summary>There is none: slow start ends when the pipe is full.</summary>
    public long SlowStartThreshold => _pipe.WasReached ? 0 : long.MaxValue;

    public double PacingRate => _pacingRate;

    public bool ControlsRecovery => true;

    /// <summary>The phase, for diagnostics and tests.</summary>
    public BbrPhase Phase => _phase;

    /// <summary>What is known of the path.</summary>
    public BbrModel Model => _model;

    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        _delivered += sample.Delivered;
        _probeBandwidth.OnAcknowledged(sample);
        _model.Update(sample, _window, isProbing: _phase is BbrPhase.Startup or BbrPhase.Refill or BbrPhase.Up);
        _pipe.Update(sample);
        LeaveStartup(sample);
        if (_pipe.WasReached)
        {
            BbrPhase next = _probeBandwidth.Next(_phase, _phaseStart, sample, _window, _segmentSize, ref _pipe);
            if (next != _phase)
            {
                Enter(next, sample.Now);
            }
        }

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
        if (ProbeBandwidth.Contains(_phase) && _model.Bandwidth > 0)
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

    private void LeaveStartup(in AcknowledgmentSample sample)
    {
        if (_phase == BbrPhase.Startup && Startup.IsOver(sample, _model, ref _pipe))
        {
            Enter(BbrPhase.Drain, sample.Now);
        }

        if (_phase == BbrPhase.Drain && Startup.IsDrained(sample, _model))
        {
            Enter(BbrPhase.Down, sample.Now);
        }
    }

    private void Enter(BbrPhase phase, Instant now)
    {
        (_phase, _phaseStart, _gains) = (phase, now, BbrGains.Of(phase));
        if (phase == BbrPhase.Down)
        {
            _probeBandwidth.StartDown(now);
        }
    }

    private void UpdateRoundTrip(in AcknowledgmentSample sample)
    {
        bool isDue = _model.UpdateRoundTrip(sample);
        if (_phase != BbrPhase.ProbeRoundTrip)
        {
            if (isDue)
            {
                _windowBefore = Math.Max(_windowBefore, _window);
                Enter(BbrPhase.ProbeRoundTrip, sample.Now);
                _probeRoundTrip.Start();
            }

            return;
        }

        if (_probeRoundTrip.IsOver(sample))
        {
            OnRecovered(sample.Now);
            if (_pipe.WasReached)
            {
                // The queue is empty already: the cycle begins behind Down.
                Enter(BbrPhase.Down, sample.Now);
                Enter(BbrPhase.Cruise, sample.Now);
            }
            else
            {
                Enter(BbrPhase.Startup, sample.Now);
            }
        }
    }

    private void SetPacingRate(in AcknowledgmentSample sample)
    {
        double bandwidth = _model.Bandwidth;
        if (bandwidth <= 0)
        {
            // 5.6.2: before the first rate, by the first window and round trip.
            bandwidth = sample.Smoothed is { Ticks: > 0 } roundTrip ? _window / roundTrip.TotalSeconds : 0;
        }

        double rate = _gains.Pacing * PacingMargin * bandwidth;
        if (_pipe.WasReached || rate > _pacingRate)
        {
            _pacingRate = rate;
        }
    }

    private void SetWindow(in AcknowledgmentSample sample)
    {
        // 5.6.4: towards what the model allows, by what is acknowledged.
        long max = _model.MaxInFlight(_gains.Window, _pacingRate, _phase == BbrPhase.Up);
        if (_pipe.WasReached)
        {
            _window = Math.Min(_window + sample.Delivered, max);
        }
        else if (_window < max || _delivered < InitialWindow.For(_segmentSize))
        {
            _window += sample.Delivered;
        }

        _window = Math.Max(_window, _model.MinWindow);
        if (_phase == BbrPhase.ProbeRoundTrip)
        {
            _window = Math.Min(_window, _probeRoundTrip.Window);
        }

        long cap = _phase switch
        {
            BbrPhase.Down or BbrPhase.Refill or BbrPhase.Up => _model.LongTermInFlight,
            BbrPhase.Cruise or BbrPhase.ProbeRoundTrip => _model.InFlightWithHeadroom,
            _ => long.MaxValue,
        };
        _window = Math.Min(_window, Math.Max(Math.Min(cap, _model.ShortTermInFlight), _model.MinWindow));
    }
}
