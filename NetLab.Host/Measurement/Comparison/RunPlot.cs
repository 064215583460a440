using System.Globalization;
using NetLab.Host.Plots;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Comparison;

/// <summary>Pictures of runs over one another, on one scale for all.</summary>
internal static class RunPlot
{
    /// <summary>Draws a kind of picture.</summary>
    /// <exception cref="UsageException">None of the runs has what it shows.</exception>
    public static Figure Draw(IReadOnlyList<RunSeries> runs, RunPlotKind kind, ChartTheme theme)
    {
        var names = new RunNames(runs);
        bool latencies = runs.Any(run => run.Samples.Any(sample => sample.Latency is not null));
        (string what, string unit, Func<RunSample, double?> value) = kind switch
        {
            RunPlotKind.Latency when latencies => ("round trip of a probe", "ms", s => s.Latency),
            RunPlotKind.Latency or RunPlotKind.Rtt => ("round trip", "ms", s => s.RoundTrip),
            RunPlotKind.Cwnd => ("congestion window", "KiB", s => s.Window / 1_024),
            RunPlotKind.Queue => ("queue before the bottleneck", "KiB", s => s.Queue / 1_024),
            RunPlotKind.Loss => ("lost or sent again in an interval", "", s => s.Lost),
            RunPlotKind.Cdf or RunPlotKind.Box when latencies => ("round trip of a probe", "ms", s => s.Latency),
            RunPlotKind.Sequence => ("received", "MB", s => s.BitsPerSecond),
            _ => ("throughput", "Mbit/s", (Func<RunSample, double?>)(s => s.BitsPerSecond / 1e6)),
        };
        RunSeries[] having = [.. runs.Where(run => run.Samples.Any(sample => value(sample) is not null))];
        if (having.Length == 0)
        {
            throw new UsageException($"--kind {kind.ToString().ToLowerInvariant()}: '{runs[0].File}' has no {what} in it");
        }

        Chart chart = kind switch
        {
            RunPlotKind.Cdf => Cdf(having, names, what, unit, value),
            RunPlotKind.Box => Box(having, names, what, unit, value),
            RunPlotKind.Sequence => Sequence(having, names, what, unit),
            _ => new Chart("", new Axis("time", "s"), new Axis(what, unit) { Min = 0 }, [.. having.Select(run => Line(run, names, value))]),
        };
        string title = $"{char.ToUpperInvariant(what[0])}{what[1..]}";
        return new Figure(names.Title.Length > 0 ? $"{title}: {names.Title}" : title, [chart with { Height = 320 }]) { Footer = FooterOf(having), Theme = theme };
    }

    private static LineLayer Line(RunSeries run, RunNames names, Func<RunSample, double?> value)
    {
        Point[] points = [.. run.Samples.Where(sample => value(sample) is not null).Select(sample => new Point(sample.At, value(sample)!.Value))];
        return new LineLayer(points) { Name = names.Of(run), HasMarks = points.Length <= 30 };
    }

    private static Chart Cdf(RunSeries[] runs, RunNames names, string what, string unit, Func<RunSample, double?> value) =>
        new("", new Axis(what, unit), new Axis("share at most so large", "%") { Min = 0, Max = 100 }, [.. runs.Select(run =>
        {
            double[] sorted = [.. Values(run, value).Order()];
            return new LineLayer([new Point(sorted[0], 0), .. sorted.Select((v, i) => new Point(v, 100.0 * (i + 1) / sorted.Length))]) { Name = names.Of(run), IsStep = true };
        })]);

    private static Chart Box(RunSeries[] runs, RunNames names, string what, string unit, Func<RunSample, double?> value)
    {
        // Rounds of the same are one box.
        IGrouping<string, RunSeries>[] groups = [.. runs.GroupBy(names.Of)];
        return new Chart(
            "",
            new Axis("", "") { Categories = [.. groups.Select(group => group.Key)] },
            new Axis(what, unit) { Min = 0 },
            [new BoxLayer([.. groups.Select((group, i) => ((double)i, (IReadOnlyList<double>)[.. group.SelectMany(run => Values(run, value))]))])]);
    }

    private static Chart Sequence(RunSeries[] runs, RunNames names, string what, string unit) =>
        new("", new Axis("time", "s"), new Axis(what, unit) { Min = 0 }, [.. runs.Select(run =>
        {
            double sum = 0;
            List<Point> points = [new Point(0, 0)];
            foreach (RunSample sample in run.Samples)
            {
                sum += (sample.BitsPerSecond ?? 0) * sample.Seconds / 8e6;
                points.Add(new Point(sample.At + (sample.Seconds / 2), sum));
            }

            return new LineLayer(points) { Name = names.Of(run) };
        })]);

    private static IEnumerable<double> Values(RunSeries run, Func<RunSample, double?> value) =>
        run.Samples.Select(value).Where(v => v is not null).Select(v => v!.Value);

    private static string FooterOf(RunSeries[] runs)
    {
        string[] seeds = [.. runs.Select(run => run.Seed).OfType<string>().Distinct()];
        string[] dates = [.. runs.Select(run => run.At).OfType<DateTimeOffset>().Select(at => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Distinct().Order(StringComparer.Ordinal)];
        IEnumerable<string> parts = [.. seeds.Length > 0 ? [$"seed {string.Join(", ", seeds)}"] : (string[])[], .. dates.Length > 0 ? [string.Join(" … ", dates.Take(1).Concat(dates.Skip(1).TakeLast(1)))] : (string[])[]];
        return string.Join(", ", parts);
    }
}
