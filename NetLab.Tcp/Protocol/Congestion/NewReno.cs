namespace NetLab.Tcp.Protocol.Congestion;

/// <summary>Slow start and congestion avoidance by RFC 5681, counting bytes (RFC 3465), with the window of RFC 6928.</summary>
internal sealed class NewReno : ICongestionControl
{
    private readonly int _segmentSize;
    private long _acknowledgedInAvoidance;

    /// <param name="segmentSize">SMSS: payload of a full segment, in bytes.</param>
    public NewReno(int segmentSize)
    {
        _segmentSize = segmentSize;

        // RFC 6928, 2: min(10·MSS, max(2·MSS, 14600)).
        Window = Math.Min(10L * segmentSize, Math.Max(2L * segmentSize, 14_600));
    }

    public string Name => "reno";

    public long Window { get; private set; }

    public long SlowStartThreshold { get; private set; } = long.MaxValue;

    public void OnAcknowledged(long bytes, bool windowWasLimit)
    {
        // RFC 7661, 1.1: a window that was not used says nothing about what the path would bear.
        if (!windowWasLimit)
        {
            return;
        }

        if (Window < SlowStartThreshold)
        {
            // RFC 3465, 2.2 with L = 2: an ACK of two segments opens by two, a stretch ACK does not burst.
            Window += Math.Min(bytes, 2L * _segmentSize);
            return;
        }

        _acknowledgedInAvoidance += bytes;
        if (_acknowledgedInAvoidance >= Window)
        {
            _acknowledgedInAvoidance -= Window;
            Window += _segmentSize;
        }
    }

    public void OnLoss(long inFlight)
    {
        SlowStartThreshold = HalfOf(inFlight);
        Window = SlowStartThreshold;
        _acknowledgedInAvoidance = 0;
    }

    public void OnTimeout(long inFlight, bool repeated)
    {
        // RFC 5681, 3.1: ssthresh holds when the same segment times out again.
        if (!repeated)
        {
            SlowStartThreshold = HalfOf(inFlight);
        }

        Window = _segmentSize;
        _acknowledgedInAvoidance = 0;
    }

    // RFC 5681 (4).
    private long HalfOf(long inFlight) => Math.Max(inFlight / 2, 2L * _segmentSize);
}
