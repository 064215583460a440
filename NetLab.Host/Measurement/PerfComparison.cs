using NetLab.Udp.Links;

namespace NetLab.Host.Measurement;

/// <summary>What is to be measured side by side.</summary>
/// <param name="Plans">A run each.</param>
/// <param name="Recordings">What the sender is told to record, as on a command line.</param>
/// <param name="Link">The link between the two; null for none.</param>
/// <param name="LinkText">The same as it was said.</param>
/// <param name="Rounds">How often each runs.</param>
/// <param name="Seed">The link's seed.</param>
internal sealed record PerfComparison(
    IReadOnlyList<PerfPlan> Plans, IReadOnlyList<string> Recordings, LinkDescription? Link, string? LinkText, int Rounds, ulong Seed)
{
    // Two processes have to be started for each.
    private const double StartSeconds = 1;

    /// <summary>How many runs that makes.</summary>
    public int Runs => Plans.Count * Rounds;

    /// <summary>About how many seconds it takes, where time and not a number of bytes ends a run.</summary>
    public double Seconds => Rounds * Plans.Sum(plan => plan.Time.TotalSeconds + plan.WarmUp.TotalSeconds + StartSeconds);
}
