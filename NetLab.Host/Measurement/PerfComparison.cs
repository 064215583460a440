using NetLab.Host.Settings;
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
    IReadOnlyList<PerfSettings> Plans, IReadOnlyList<string> Recordings, LinkDescription? Link, string? LinkText, int Rounds, ulong Seed)
{
    // Two processes have to be started for each.
    private const double StartSeconds = 1;

    /// <summary>How many runs that makes.</summary>
    public int Runs => Plans.Sum(RunsOf) * Rounds;

    /// <summary>Whether round trips beside the load are measured, and not the load.</summary>
    public bool UnderLoad => Plans[0].UnderLoad;

    /// <summary>About how many seconds it takes, where time and not a number of bytes ends a run.</summary>
    public double Seconds => Rounds * Plans.Sum(plan => (plan.UnderLoad ? PerfUnderLoad.Parts : 1) * (plan.Time.TotalSeconds + plan.WarmUp.TotalSeconds + StartSeconds));

    // Under load: up, down, and two at once.
    private static int RunsOf(PerfSettings settings) => settings.UnderLoad ? 4 : settings.Direction == PerfDirection.Bidirectional ? 2 : 1;
}
