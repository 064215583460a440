using System.Collections.Immutable;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>A trace of rates: from each moment on another one, until the next. The last lasts as long as the one before it.</summary>
public sealed class RateTrace : LinkTrace
{
    /// <summary>Makes a trace.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="steps">From when on, from 0 and in order, which rate in bits a second, 0 or more and at least 1 on the mean.</param>
    /// <param name="period">After so long it begins again; null for as long as the last step lasts.</param>
    /// <exception cref="ArgumentException">There is none, the order is wrong, or next to nothing could pass.</exception>
    public RateTrace(string name, ImmutableArray<RateStep> steps, TimeSpan? period = null)
        : base(name, PeriodOf(steps, period))
    {
        Steps = steps;
        if (MeanRate < 1)
        {
            throw new ArgumentException("A trace passes at least a bit a second on the mean.", nameof(steps));
        }
    }

    /// <summary>The rates.</summary>
    public ImmutableArray<RateStep> Steps { get; }

    /// <inheritdoc/>
    public override double MeanRate
    {
        get
        {
            double bits = 0;
            for (int i = 0; i < Steps.Length; i++)
            {
                bits += Steps[i].BitsPerSecond * ((i + 1 < Steps.Length ? Steps[i + 1].At : Period) - Steps[i].At).TotalSeconds;
            }

            return bits / Period.TotalSeconds;
        }
    }

    internal override LinkLine CreateLine(Instant origin, Instant freeAt) => new RateTraceLine(this, origin, freeAt);

    private static TimeSpan PeriodOf(ImmutableArray<RateStep> steps, TimeSpan? period)
    {
        if (steps.IsDefaultOrEmpty || steps[0].At != TimeSpan.Zero)
        {
            throw new ArgumentException("A trace begins at 0.", nameof(steps));
        }

        for (int i = 1; i < steps.Length; i++)
        {
            if (steps[i].At <= steps[i - 1].At)
            {
                throw new ArgumentException("Steps come in the order of time.", nameof(steps));
            }
        }

        if (period is { } asked)
        {
            return asked > steps[^1].At ? asked : throw new ArgumentException("The last step is before the period ends.", nameof(period));
        }

        // One rate alone lasts; what it repeats after does not matter.
        return steps.Length == 1 ? TimeSpan.FromDays(1) : steps[^1].At + (steps[^1].At - steps[^2].At);
    }
}
