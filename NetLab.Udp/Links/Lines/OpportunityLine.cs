using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>A line that sends when an <see cref="OpportunityTrace"/> lets it, as Mahimahi's link shell does.</summary>
internal sealed class OpportunityLine : LinkLine
{
    private readonly OpportunityTrace _trace;
    private readonly Instant _origin;

    // The opportunity in use, counted on through all periods, its moment, and what is left of it.
    private long _index = -1;
    private Instant _at;
    private int _left;
    private int _bytes;

    public OpportunityLine(OpportunityTrace trace, Instant origin, Instant freeAt)
    {
        (_trace, _origin, _at) = (trace, origin, freeAt);
        FreeAt = freeAt;
    }

    /// <inheritdoc/>
    public override Instant NextStart(Instant waitingSince)
    {
        if (_index < 0 || waitingSince > _at)
        {
            // Whoever comes at the very moment of an opportunity has missed it.
            return MomentOf(FirstAfter(Instant.Max(waitingSince, _at)));
        }

        return _left > 0 ? _at : MomentOf(_index + 1);
    }

    /// <inheritdoc/>
    public override Instant Send(Instant start, int bytes)
    {
        if (_left == 0 || start > _at)
        {
            long next = _index + 1;
            _index = MomentOf(next) == start ? next : FirstAfter(new Instant(start.Ticks - 1));
            (_at, _left) = (MomentOf(_index), OpportunityTrace.BytesPerOpportunity);
        }

        int rest = bytes;
        while (rest > _left)
        {
            rest -= _left;
            (_at, _left) = (MomentOf(++_index), OpportunityTrace.BytesPerOpportunity);
        }

        _left -= rest;
        _bytes = bytes;
        return FreeAt = _at;
    }

    /// <inheritdoc/>
    public override double Remaining(Instant now) => now < FreeAt ? _bytes : 0;

    private Instant MomentOf(long index)
    {
        (long period, long within) = Math.DivRem(index, _trace.Milliseconds.Length);
        return _origin + TimeSpan.FromTicks((period * _trace.Period.Ticks) + (_trace.Milliseconds[(int)within] * TimeSpan.TicksPerMillisecond));
    }

    // The first opportunity later than a moment; what passed while nothing waited is lost. One that has been used is never found.
    private long FirstAfter(Instant moment)
    {
        long since = (moment - _origin).Ticks;
        if (since < 0)
        {
            return _index + 1;
        }

        // The last opportunity of a period falls on the first moment of the next.
        long period = Math.Max(0, (since / _trace.Period.Ticks) - 1);
        long first = period * _trace.Milliseconds.Length;
        long low = first;
        long high = first + (3L * _trace.Milliseconds.Length);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (MomentOf(middle) > moment)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return Math.Max(low, _index + 1);
    }
}
