using NetLab.Udp.Time;

namespace NetLab.Tcp.Protocol.Congestion;

/// <summary>
/// Spreads segments over the round trip instead of sending them in bursts. What is due in a millisecond leaves together,
/// so that at high rates a batch of the kernel stays one. Pure: a clock that stands still or jumps back does no harm.
/// </summary>
internal sealed class Pacer
{
    // As Linux's TCP does (sk_pacing_shift of 10): about a millisecond's worth at once.
    private static readonly TimeSpan Quantum = TimeSpan.FromMilliseconds(1);

    private long _least;
    private double _nextTicks;
    private bool _isWaiting;

    /// <param name="segmentSize">SMSS; two of them always go together (RFC 9002, 7.7 allows ten at first).</param>
    public Pacer(int segmentSize) => _least = 2L * segmentSize;

    /// <summary>Segments have another size from now on.</summary>
    public void OnSegmentSize(int segmentSize) => _least = 2L * segmentSize;

    /// <summary>When something may be sent next, if not now.</summary>
    public Instant ReadyAt => new((long)Math.Ceiling(_nextTicks));

    /// <summary>Whether something may be sent now.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="rate">Bytes a second; 0 for no limit.</param>
    public bool IsReady(Instant now, double rate)
    {
        if (rate <= 0)
        {
            return true;
        }

        // Ahead by less than a quantum: go on. Ahead by one: wait until all of it is paid off, so that the next leave together.
        double ahead = _nextTicks - now.Ticks;
        double quantum = Math.Max(Quantum.Ticks, _least / rate * TimeSpan.TicksPerSecond);
        _isWaiting = _isWaiting ? ahead > 0 : ahead >= quantum;
        return !_isWaiting;
    }

    /// <summary>Counts what was sent.</summary>
    public void OnSent(Instant now, long bytes, double rate)
    {
        if (rate > 0)
        {
            _nextTicks = Math.Max(_nextTicks, now.Ticks) + (bytes / rate * TimeSpan.TicksPerSecond);
        }
    }
}
