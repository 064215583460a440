using System.Collections.Immutable;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>
/// A trace in Mahimahi's format: moments in milliseconds at which 1,500 bytes may leave. The last one is also the period. What
/// an opportunity leaves unused is lost, and a datagram may need several.
/// </summary>
public sealed class OpportunityTrace : LinkTrace
{
    /// <summary>Bytes an opportunity carries.</summary>
    public const int BytesPerOpportunity = 1_500;

    /// <summary>Makes a trace.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="milliseconds">The opportunities, none before the one ahead of it; the last is later than 0.</param>
    /// <exception cref="ArgumentException">There is none, the order is wrong, or the period would be nothing.</exception>
    public OpportunityTrace(string name, ImmutableArray<long> milliseconds)
        : base(name, PeriodOf(milliseconds)) => Milliseconds = milliseconds;

    /// <summary>The opportunities, in milliseconds.</summary>
    public ImmutableArray<long> Milliseconds { get; }

    /// <inheritdoc/>
    public override double MeanRate => Milliseconds.Length * BytesPerOpportunity * 8.0 / Period.TotalSeconds;

    internal override LinkLine CreateLine(Instant origin, Instant freeAt) => new OpportunityLine(this, origin, freeAt);

    private static TimeSpan PeriodOf(ImmutableArray<long> milliseconds)
    {
        if (milliseconds.IsDefaultOrEmpty || milliseconds[0] < 0 || milliseconds[^1] <= 0)
        {
            throw new ArgumentException("A trace has at least one opportunity, and the last one is later than 0.", nameof(milliseconds));
        }

        for (int i = 1; i < milliseconds.Length; i++)
        {
            if (milliseconds[i] < milliseconds[i - 1])
            {
                throw new ArgumentException("Opportunities come in the order of time.", nameof(milliseconds));
            }
        }

        return TimeSpan.FromMilliseconds(milliseconds[^1]);
    }
}
