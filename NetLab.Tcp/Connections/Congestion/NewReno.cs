using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>Slow start and congestion avoidance by RFC 5681, counting bytes (RFC 3465), with the window of RFC 6928.</summary>
internal sealed class NewReno(int segmentSize) : ICongestionControl
{
    private long _acknowledgedInAvoidance;
    private bool _afterTimeout;
    private (long Window, long Threshold)? _before;

    public string Name => "reno";

    public long Window { get; private set; } = InitialWindow.For(segmentSize);

    public long SlowStartThreshold { get; private set; } = long.MaxValue;

    public double PacingRate => 0;

    public bool ControlsRecovery => false;

    public void OnAcknowledged(in AcknowledgmentSample sample)
    {
        // RFC 7661, 1.1: a window that was not used says nothing about what the path would bear.
        if (sample.InRecovery || sample.Acknowledged <= 0 || !sample.WindowWasLimit)
        {
            return;
        }

        if (Window < SlowStartThreshold)
        {
            // RFC 3465, 2.2 with L = 2: an ACK of two segments opens by two, a stretch ACK does not burst; and 2.3: L = 1
            // where a timeout has cleared the network.
            Window += Math.Min(sample.Acknowledged, (_afterTimeout ? 1L : 2L) * segmentSize);
            return;
        }

        _afterTimeout = false;
        _acknowledgedInAvoidance += sample.Acknowledged;
        if (_acknowledgedInAvoidance >= Window)
        {
            _acknowledgedInAvoidance -= Window;
            Window += segmentSize;
        }
    }

    public void OnLoss(Instant now, long inFlight)
    {
        _before = (Window, SlowStartThreshold);
        SlowStartThreshold = HalfOf(inFlight);
        Window = SlowStartThreshold;
        _acknowledgedInAvoidance = 0;
    }

    public void OnMarked(Instant now, long inFlight)
    {
        OnLoss(now, inFlight);

        // Nothing that turns up later takes a mark back.
        _before = null;
    }

    public void OnRecovered(Instant now) => Window = SlowStartThreshold;

    public void OnTimeout(Instant now, long inFlight, bool repeated)
    {
        // RFC 5681, 3.1: ssthresh holds when the same segment times out again.
        if (!repeated)
        {
            _before = (Window, SlowStartThreshold);
            SlowStartThreshold = HalfOf(inFlight);
        }

        Window = segmentSize;
        _acknowledgedInAvoidance = 0;
        _afterTimeout = true;
    }

    public void OnIdle(Instant now) => Window = Math.Min(Window, InitialWindow.For(segmentSize));

    public void OnSpurious()
    {
        if (_before is { } before)
        {
            (Window, SlowStartThreshold) = (Math.Max(Window, before.Window), before.Threshold);
            (_before, _afterTimeout) = (null, false);
        }
    }

    public void OnSegmentSize(int newSize)
    {
        // ssthresh is two segments at least (RFC 5681 (4)): after a recovery it is the window.
        Window = Math.Max(Window, 2L * newSize);
        SlowStartThreshold = Math.Max(SlowStartThreshold, 2L * newSize);
        segmentSize = newSize;
    }

    public void OnLostSyn() => Window = segmentSize;

    // RFC 5681 (4).
    private long HalfOf(long inFlight) => Math.Max(inFlight / 2, 2L * segmentSize);
}
