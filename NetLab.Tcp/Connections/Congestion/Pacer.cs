using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Congestion;

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
        _isWaiting = _isWaiting ? ahead > 0 : ahead >= QuantumFor(rate);
        return !_isWaiting;
    }

    /// <summary>How many of so many segments may be sent now, each counted as sent as far as it may.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="bytes">Bytes of each.</param>
    /// <param name="rate">Bytes a second; 0 for no limit.</param>
    /// <param name="most">How many there are.</param>
    public int Take(Instant now, long bytes, double rate, int most)
    {
        if (rate <= 0)
        {
            return most;
        }

        // The same sums as one by one, so that both come to the same bit.
        double cost = bytes / rate * TimeSpan.TicksPerSecond;
        double quantum = QuantumFor(rate);
        double next = _nextTicks;
        int taken = 0;
        for (; taken < most; taken++)
        {
            double ahead = next - now.Ticks;
            if (_isWaiting ? ahead > 0 : ahead >= quantum)
            {
                break;
            }

            _isWaiting = false;
            next = Math.Max(next, now.Ticks) + cost;
        }

        _nextTicks = next;
        return taken;
    }

    /// <summary>Counts what was sent.</summary>
    public void OnSent(Instant now, long bytes, double rate)
    {
        if (rate > 0)
        {
            _nextTicks = Math.Max(_nextTicks, now.Ticks) + (bytes / rate * TimeSpan.TicksPerSecond);
        }
    }

    private double QuantumFor(double rate) => Math.Max(Quantum.Ticks, _least / rate * TimeSpan.TicksPerSecond);
}
