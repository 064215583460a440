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

            // So few rounds say nothing certain of the spread between them: that between their pieces stands for it, where they have pieces.
            bool isOfPieces = rounds < RunDifference.MinValues && Math.Min(Pieces(old).Length, Pieces(other).Length) >= RunDifference.MinValues;
            (double[] a, double[] b) = isOfPieces ? (Pieces(old), Pieces(other)) : (Headlines(old), Headlines(other));
            differences.Add(RunDifference.Of(group.Key, old[0].Unit, old[0].LessIsBetter, a, b, rounds, Seed) with { IsOfPieces = isOfPieces });
        }

        return differences.Count > 0
            ? differences
            : throw new UsageException($"'{before[0].File}' and '{after[0].File}' have no transport in common: {Keys(before)}, and {Keys(after)}");
    }

    private static string Keys(IReadOnlyList<RunSeries> runs) => string.Join(", ", runs.Select(KeyOf).Distinct());

    private static string KeyOf(RunSeries run) =>
        string.Join(" ", KeyFacts.Select(key => run.Facts.GetValueOrDefault(key)).Where(fact => !string.IsNullOrEmpty(fact)));

    private static double[] Headlines(RunSeries[] runs) => [.. runs.Select(run => run.Headline!.Value)];

    private static double[] Pieces(RunSeries[] runs) => runs[0].Unit switch
    {
        "bit/s" => [.. runs.SelectMany(run => run.Samples).Select(sample => sample.BitsPerSecond ?? 0).Where(value => value > 0)],

        // The probes that stand behind a median under load; milliseconds there, microseconds here.
        "µs" => [.. runs.SelectMany(run => run.Samples).Where(sample => sample.Latency is not null).Select(sample => sample.Latency!.Value * 1_000)],
        _ => [],
    };
}
