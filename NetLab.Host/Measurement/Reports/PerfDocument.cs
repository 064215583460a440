namespace NetLab.Host.Measurement.Reports;

/// <summary>What <c>nlab perf --json</c> prints.</summary>
internal sealed record PerfDocument(string? Link, int SegmentSize, IReadOnlyList<PerfRun> Runs)
{
    public string Schema { get; } = "netlab.perf/1";

    /// <summary>Round trips beside a load, where they were asked for.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LoadedLatency>? UnderLoad { get; init; }

    /// <summary>
    /// What the receivers got, in bits a second: the median over rounds, by transport. Of round trips their median in microseconds,
    /// of connections how many a second.
    /// </summary>
    public IReadOnlyDictionary<string, double> Medians { get; } = Runs
        .GroupBy(r => r.Label)
        .ToDictionary(g => g.Key, g => Median(g.Select(Headline)));

    /// <summary>Of each two transports measured in the same rounds: the median of the ratio within a round.</summary>
    public IReadOnlyDictionary<string, double> Ratios { get; } = RatiosOf(Runs);

    private static double Headline(PerfRun run) => run.End.Headline;

    private static Dictionary<string, double> RatiosOf(IReadOnlyList<PerfRun> runs)
    {
        var ratios = new Dictionary<string, double>();
        string[] transports = [.. runs.Select(r => r.Label).Distinct()];
        foreach (string numerator in transports)
        {
            foreach (string denominator in transports.Where(t => t != numerator))
            {
                double[] within = [.. runs.GroupBy(r => r.Round).SelectMany(round =>
                    from a in round
                    from b in round
                    where a.Label == numerator && b.Label == denominator && Headline(b) > 0
                    select Headline(a) / Headline(b))];
                if (within.Length > 0)
                {
                    ratios[$"{numerator}/{denominator}"] = Median(within);
                }
            }
        }

        return ratios;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
