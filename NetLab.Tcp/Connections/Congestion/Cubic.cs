using NetLab.Tcp.Options;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>CUBIC (RFC 9438), with HyStart++ (RFC 9406) in the first slow start.</summary>
/// <param name="segmentSize">SMSS in bytes.</param>
/// <param name="paced">Whether what its window allows is spread over the round trip.</param>
/// <param name="without">What it does without.</param>
internal sealed class Cubic(int segmentSize, bool paced, Ablations without = Ablations.None) : ICongestionControl
{
    private readonly HyStart _hyStart = new(paced);
    private double _window = InitialWindow.For(segmentSize);
    private double _maximum;
    private double _priorWindow;
    private double _renoWindow;
    private CubicCurve _curve;
    private Instant? _epochStart;
    private Instant _lastAcknowledgedAt;
    private bool _afterTimeout;
    private Snapshot? _before;

    public string Name => "cubic";

    public long Window => (long)_window;

    public long SlowStartThreshold { get; private set; } = long.MaxValue;

    public double PacingRate => 0;

    public bool ControlsRecovery => false;

    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        bool slowStart = Window < SlowStartThreshold;
        if (slowStart && SlowStartThreshold == long.MaxValue && (without & Ablations.HyStart) == 0)
        {
            _hyStart.OnAcknowledged(sample);
        }

        Instant before = _lastAcknowledgedAt;
        _lastAcknowledgedAt = sample.Now;
        if (sample.InRecovery || sample.Acknowledged <= 0)
        {
            return;
        }

        if (!sample.WindowWasLimit)
        {
            // RFC 9438, 5.8: the curve must not run on while the application, and not the window, is the limit.
            _epochStart = _epochStart is { } start ? start + (sample.Now - before) : null;
            return;
        }

        if (slowStart)
        {
            // Later slow starts end at ssthresh (RFC 5681, 3.1), however much one acknowledgment covers.
            _window = Math.Min(_window + _hyStart.Grow(sample.Acknowledged, segmentSize), SlowStartThreshold);
            if (_hyStart.IsOver && SlowStartThreshold == long.MaxValue)
            {
                SlowStartThreshold = Window;
            }

            return;
        }

        Avoid(sample);
    }

    public void OnLoss(Instant now, long inFlight)
    {
        _before = Snapshot.Of(this);
        Reduce(inFlight);
        (_window, _afterTimeout) = (SlowStartThreshold, false);
    }

    public void OnMarked(Instant now, long inFlight)
    {
        OnLoss(now, inFlight);

        // Nothing that turns up later takes a mark back.
        _before = null;
    }

    public void OnRecovered(Instant now) => _window = SlowStartThreshold;

    public void OnTimeout(Instant now, long inFlight, bool repeated)
    {
        if (!repeated)
        {
            _before = Snapshot.Of(this);
            Reduce(inFlight);
        }

        (_window, _afterTimeout, _epochStart) = (segmentSize, true, null);
    }

    public void OnIdle(Instant now)
    {
        _window = Math.Min(_window, InitialWindow.For(segmentSize));
        _epochStart = null;
    }

    public void OnSpurious()
    {
        _before?.Restore(this);
        _before = null;
    }

    public void OnSegmentSize(int newSize)
    {
        // What the curve is made of is counted in segments.
        double scale = (double)segmentSize / newSize;
        (_maximum, _priorWindow, _renoWindow) = (_maximum * scale, _priorWindow * scale, _renoWindow * scale);
        _epochStart = null;
        _window = Math.Max(_window, 2.0 * newSize);
        SlowStartThreshold = Math.Max(SlowStartThreshold, 2L * newSize);
        _before = null;
        segmentSize = newSize;
    }

    public void OnLostSyn() => _window = segmentSize;

    private void Avoid(in AcknowledgmentSample sample)
    {
        double segments = _window / segmentSize;
        if (_epochStart is null)
        {
            _epochStart = sample.Now;

            // RFC 9438, 4.8: after a timeout K is 0 and W_max the window that slow start has come to.
            _maximum = _afterTimeout ? segments : Math.Max(_maximum, segments);
            _afterTimeout = false;
            _curve = new CubicCurve(_maximum, segments);
            _renoWindow = segments;
        }

        double acknowledged = (double)sample.Acknowledged / segmentSize;
        double elapsed = (sample.Now - _epochStart.Value).TotalSeconds;
        double roundTrip = (sample.Smoothed ?? TimeSpan.Zero).TotalSeconds;

        // RFC 9438, 4.3: what Reno would have by now; α until it has caught up with the window before the loss, then 1.
        double increase = _renoWindow < _priorWindow ? 3 * (1 - CubicCurve.Decrease) / (1 + CubicCurve.Decrease) : 1;
        _renoWindow += increase * acknowledged / segments;
        if (_curve.At(elapsed) < _renoWindow)
        {
            _window = Math.Max(_window, _renoWindow * segmentSize);
            return;
        }

        // RFC 9438, 4.4 and 4.5: towards where the curve will be one round trip from now.
        double target = Math.Clamp(_curve.At(elapsed + roundTrip), segments, 1.5 * segments);
        _window += (target - segments) / segments * acknowledged * segmentSize;
    }

    private void Reduce(long inFlight)
    {
        double segments = _window / segmentSize;
        _priorWindow = segments;

        // RFC 9438, 4.7: fast convergence, to leave room for a newcomer.
        _maximum = segments < _maximum && (without & Ablations.FastConvergence) == 0 ? segments * (1 + CubicCurve.Decrease) / 2 : segments;
        double kept = (without & Ablations.CubicDecrease) == 0 ? CubicCurve.Decrease : 0.5;
        SlowStartThreshold = (long)Math.Max(inFlight * kept, 2.0 * segmentSize);
        _epochStart = null;
    }

    private sealed record Snapshot(double Window, double Maximum, double PriorWindow, double RenoWindow, CubicCurve Curve, Instant? EpochStart, bool AfterTimeout, long Threshold)
    {
        public static Snapshot Of(Cubic cubic) => new(
            cubic._window, cubic._maximum, cubic._priorWindow, cubic._renoWindow, cubic._curve, cubic._epochStart, cubic._afterTimeout, cubic.SlowStartThreshold);

        // RFC 9438, 4.9.
        public void Restore(Cubic cubic)
        {
            cubic._window = Math.Max(cubic._window, Window);
            (cubic._maximum, cubic._priorWindow, cubic._renoWindow) = (Maximum, PriorWindow, RenoWindow);
            (cubic._curve, cubic._epochStart, cubic._afterTimeout, cubic.SlowStartThreshold) = (Curve, EpochStart, AfterTimeout, Threshold);
        }
    }
}
