using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Comparison;

/// <summary>Two files of runs, matched by what was measured.</summary>
internal static class RunComparison
{
    private static readonly string[] KeyFacts = ["transport", "load", "direction", "congestion", "series"];

    // Whoever compares the same files gets the same answer.
    private const int Seed = 1;

    /// <summary>A difference for each transport, algorithm and series that both have.</summary>
    /// <exception cref="UsageException">They have nothing in common.</exception>
    public static IReadOnlyList<RunDifference> Of(IReadOnlyList<RunSeries> before, IReadOnlyList<RunSeries> after)
    {
        var differences = new List<RunDifference>();
        foreach (IGrouping<string, RunSeries> group in before.GroupBy(KeyOf))
        {
            RunSeries[] old = [.. group];
            RunSeries[] other = [.. after.Where(run => KeyOf(run) == group.Key)];
            int rounds = Math.Min(old.Length, other.Length);
            if (rounds == 0 || old[0].Headline is null || other[0].Headline is null || old[0].Unit != other[0].Unit)
            {
                continue;
            }

            // With one round there is no spread between rounds: that between its pieces stands for it.
            (double[] a, double[] b) = rounds > 1 ? (Headlines(old), Headlines(other)) : (Pieces(old), Pieces(other));
            differences.Add(RunDifference.Of(group.Key, old[0].Unit, old[0].LessIsBetter, a, b, rounds, Seed));
        }

        return differences.Count > 0
            ? differences
            : throw new UsageException($"'{before[0].File}' and '{after[0].File}' have no transport in common: {Keys(before)}, and {Keys(after)}");
    }

    private static string Keys(IReadOnlyList<RunSeries> runs) => string.Join(", ", runs.Select(KeyOf).Distinct());

    private static string KeyOf(RunSeries run) =>
        string.Join(" ", KeyFacts.Select(key => run.Facts.GetValueOrDefault(key)).Where(fact => !string.IsNullOrEmpty(fact)));

    private static double[] Headlines(RunSeries[] runs) => [.. runs.Select(run => run.Headline!.Value)];

    private static double[] Pieces(RunSeries[] runs)
    {
        double[] pieces = [.. runs.SelectMany(run => run.Samples).Select(sample => sample.BitsPerSecond ?? 0).Where(value => value > 0)];
        return runs[0].Unit == "bit/s" && pieces.Length > 1 ? pieces : Headlines(runs);
    }
}
