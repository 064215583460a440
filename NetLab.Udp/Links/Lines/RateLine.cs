using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>A line of one rate.</summary>
internal sealed class RateLine : LinkLine
{
    private readonly long _bitsPerSecond;
    private Instant _busyUntil;
    private double _fraction;

    /// <summary>Makes a line.</summary>
    /// <param name="bitsPerSecond">Its rate, more than 0.</param>
    /// <param name="freeAt">When what was sent before is gone.</param>
    public RateLine(long bitsPerSecond, Instant freeAt)
    {
        _bitsPerSecond = bitsPerSecond;
        _busyUntil = freeAt;
        FreeAt = freeAt;
    }

    /// <inheritdoc/>
    public override Instant NextStart(Instant waitingSince) => Instant.Max(waitingSince, _busyUntil);

    /// <inheritdoc/>
    public override Instant Send(Instant start, int bytes)
    {
        // The line is busy for a whole number of ticks and a fraction, which the next one begins with; a datagram leaves when
        // the tick it ends in is over, so that a link never carries more than its rate.
        double ticks = (_busyUntil >= start ? _fraction : 0) + (bytes * 8.0 * TimeSpan.TicksPerSecond / _bitsPerSecond);
        double whole = Math.Floor(ticks);
        _fraction = ticks - whole;
        _busyUntil = start + TimeSpan.FromTicks((long)whole);
        FreeAt = _fraction > 0 ? _busyUntil + TimeSpan.FromTicks(1) : _busyUntil;
        return FreeAt;
    }

    /// <inheritdoc/>
    public override double Remaining(Instant now) => now >= _busyUntil ? 0 : (_busyUntil - now).TotalSeconds * _bitsPerSecond / 8;
}
