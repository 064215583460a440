using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>
/// What congestion control allows: the algorithm's window, the pace at which it is used, and whether it was the window, and not the
/// application or the peer, that limited the flight.
/// </summary>
internal sealed class CongestionLimit
{
    private readonly Func<int, ICongestionControl> _create;
    private readonly bool _isPaced;
    private Pacer _pacer;
    private WindowUsage _usage;
    private Instant? _lastSentAt;

    /// <param name="create">Makes the algorithm for an SMSS in bytes.</param>
    /// <param name="isPaced">Whether what its window allows is spread over the round trip.</param>
    /// <param name="segmentSize">SMSS in bytes, as far as it is known before the handshake.</param>
    public CongestionLimit(Func<int, ICongestionControl> create, bool isPaced, int segmentSize)
    {
        (_create, _isPaced) = (create, isPaced);
        Algorithm = create(segmentSize);
        _pacer = new Pacer(segmentSize);
    }

    /// <summary>The algorithm in charge.</summary>
    public ICongestionControl Algorithm { get; private set; }

    /// <summary>Whether it kept the segment that was looked at last from being sent.</summary>
    public bool HeldBack { get; set; }

    /// <summary>When something may be sent again that only the pace keeps back.</summary>
    public Instant ReadyAt => _pacer.ReadyAt;

    /// <summary>Whether the window still grows exponentially.</summary>
    public bool IsSlowStart => Algorithm.Window < Algorithm.SlowStartThreshold;

    /// <summary>The segment size has been agreed on: begins anew with it.</summary>
    public void Restart(int segmentSize)
    {
        Algorithm = _create(segmentSize);
        _pacer = new Pacer(segmentSize);
    }

    /// <summary>Segments have another size from now on.</summary>
    public void OnSegmentSize(int segmentSize)
    {
        Algorithm.OnSegmentSize(segmentSize);
        _pacer.OnSegmentSize(segmentSize);
    }

    /// <summary>
    /// Bytes a second: the algorithm's own, or the window over the round trip and some more, so that pacing never is what keeps the window
    /// from being filled (as in Linux: 200 % in slow start, 120 % later); 0 for no limit.
    /// </summary>
    /// <param name="smoothed">SRTT, or null before the first measurement.</param>
    public double RateAt(TimeSpan? smoothed)
    {
        if (Algorithm.PacingRate > 0)
        {
            return Algorithm.PacingRate;
        }

        return _isPaced && smoothed is { Ticks: > 0 } roundTrip
            ? (IsSlowStart ? 2.0 : 1.2) * Algorithm.Window / roundTrip.TotalSeconds
            : 0;
    }

    /// <summary>Whether the pace lets something go now.</summary>
    public bool IsReady(Instant now, TimeSpan? smoothed) => _pacer.IsReady(now, RateAt(smoothed));

    /// <summary>How many of so many segments the pace lets go now, each counted as sent as far as it may.</summary>
    public int Allow(Instant now, int length, TimeSpan? smoothed, int max) => _pacer.Take(now, length, RateAt(smoothed), max);

    /// <summary>A segment was sent.</summary>
    public void OnSent(Instant now, int length, TimeSpan? smoothed)
    {
        _lastSentAt = now;
        _pacer.OnSent(now, length, RateAt(smoothed));
    }

    /// <summary>Segments were sent that <see cref="Allow"/> has counted.</summary>
    public void OnSentAllowed(Instant now) => _lastSentAt = now;

    /// <summary>Something is about to be sent, and nothing is outstanding: a window that was not used for an RTO is not trusted (RFC 5681, 4.1).</summary>
    public void OnStart(Instant now, TimeSpan timeout)
    {
        if (_lastSentAt is { } last && now - last > timeout)
        {
            _lastSentAt = null;
            Algorithm.OnIdle(now);
        }
    }

    /// <summary>Something was sent, or was not, as the window is full.</summary>
    /// <param name="unacknowledged">SND.UNA.</param>
    /// <param name="next">SND.NXT.</param>
    /// <param name="flight">Bytes in the network.</param>
    /// <param name="isFull">Whether the window takes no more.</param>
    public void NoteUsage(long unacknowledged, long next, long flight, bool isFull) => _usage.Note(unacknowledged, next, flight, isFull);

    /// <summary>Whether the window was the limit in the round whose acknowledgments arrive now.</summary>
    public bool WasLimit() => HeldBack || _usage.WasLimit(Algorithm.Window, IsSlowStart);
}
