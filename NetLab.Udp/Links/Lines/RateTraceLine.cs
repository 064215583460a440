using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>A line whose rate follows a <see cref="RateTrace"/>.</summary>
internal sealed class RateTraceLine : LinkLine
{
    private readonly RateTrace _trace;
    private readonly Instant _origin;
    private readonly double _bitsPerPeriod;
    private Instant _busyUntil;
    private Instant _startedAt;
    private double _fraction;
    private int _bytes;

    public RateTraceLine(RateTrace trace, Instant origin, Instant freeAt)
    {
        (_trace, _origin, _busyUntil) = (trace, origin, freeAt);
        FreeAt = freeAt;
        _bitsPerPeriod = trace.MeanRate * trace.Period.TotalSeconds;
    }

    /// <inheritdoc/>
    public override Instant NextStart(Instant waitingSince)
    {
        Instant at = Instant.Max(waitingSince, _busyUntil);
        while (true)
        {
            (double rate, Instant end) = At(at);
            if (rate > 0)
            {
                return at;
            }

            at = end;
        }
    }

    /// <inheritdoc/>
    public override Instant Send(Instant start, int bytes)
    {
        double bits = bytes * 8.0;
        double fraction = _busyUntil >= start ? _fraction : 0;
        Instant at = start;
        while (true)
        {
            (double rate, Instant end) = At(at);
            double ticks = fraction + (rate > 0 ? bits * TimeSpan.TicksPerSecond / rate : double.PositiveInfinity);
            double available = (end - at).Ticks;
            if (ticks <= available)
            {
                double whole = Math.Floor(ticks);
                _fraction = ticks - whole;
                _busyUntil = at + TimeSpan.FromTicks((long)whole);
                break;
            }

            bits -= (available - fraction) * rate / TimeSpan.TicksPerSecond;
            (at, fraction) = (end, 0);

            // Whole periods at once: a slow trace of short steps would otherwise take as many turns as it has steps.
            double periods = Math.Floor(bits / _bitsPerPeriod) - 1;
            if (periods > 0)
            {
                at += TimeSpan.FromTicks((long)periods * _trace.Period.Ticks);
                bits -= periods * _bitsPerPeriod;
            }
        }

        (_startedAt, _bytes) = (start, bytes);
        return FreeAt = _fraction > 0 ? _busyUntil + TimeSpan.FromTicks(1) : _busyUntil;
    }

    /// <inheritdoc/>
    public override double Remaining(Instant now) =>
        now >= _busyUntil ? 0 : _bytes * Math.Clamp((_busyUntil - now) / (_busyUntil - _startedAt), 0, 1);

    private (double Rate, Instant End) At(Instant moment)
    {
        long since = Math.Max(0, (moment - _origin).Ticks);
        (long period, long within) = Math.DivRem(since, _trace.Period.Ticks);
        int low = 0;
        int high = _trace.Steps.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _trace.Steps[middle].At.Ticks <= within ? (middle, high) : (low, middle - 1);
        }

        TimeSpan end = low + 1 < _trace.Steps.Length ? _trace.Steps[low + 1].At : _trace.Period;
        return (_trace.Steps[low].BitsPerSecond, _origin + TimeSpan.FromTicks((period * _trace.Period.Ticks) + end.Ticks));
    }
}
