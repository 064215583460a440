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
        var names = new RunNames(runs, roundsAreOne: kind is RunPlotKind.Box or RunPlotKind.Limits);
        if (kind == RunPlotKind.Limits)
        {
            return Limits(runs, names, theme);
        }

        if (ExchangePlot.Draws(runs, kind))
        {
            return ExchangePlot.Draw(runs, kind, theme);
        }

        bool latencies = runs.Any(run => run.Samples.Any(sample => sample.Latency is not null));
        (string what, string unit, Func<RunSample, double?> value) = kind switch
        {
            RunPlotKind.Latency when latencies => ("round trip of a probe", "ms", s => s.Latency),
            RunPlotKind.Latency or RunPlotKind.Rtt => ("round trip", "ms", s => s.RoundTrip),
            RunPlotKind.Cwnd => ("congestion window", "KiB", s => s.Window / 1_024),
            RunPlotKind.Queue => ("queue before the bottleneck", "KiB", s => s.Queue / 1_024),
            RunPlotKind.Loss => ("lost or sent again in an interval", PacketsOf(runs), s => s.Lost),
            RunPlotKind.Cdf or RunPlotKind.Box when latencies => ("round trip of a probe", "ms", s => s.Latency),
            RunPlotKind.Sequence => ("received", "MB", s => s.BitsPerSecond),
            _ => ("throughput", "Mbit/s", (Func<RunSample, double?>)(s => s.BitsPerSecond / 1e6)),
        };
        RunSeries[] having = [.. runs.Where(run => run.Samples.Any(sample => value(sample) is not null))];
        if (having.Length == 0)
        {
            throw new UsageException($"--kind {kind.ToString().ToLowerInvariant()}: '{runs[0].File}' has no {what} in it");
        }

        (unit, value) = Readable(unit, value, having);
        Chart chart = kind switch
        {
            RunPlotKind.Cdf => Cdf(having, names, what, unit, value),
            RunPlotKind.Box => Box(having, names, what, unit, value),
            RunPlotKind.Sequence => Sequence(having, names, what),
            RunPlotKind.Cwnd => Windows(having, names, what, unit, value),
            _ => new Chart("", new Axis("time", "s"), new Axis(what, unit) { Min = 0 }, [.. having.Select(run => Line(run, names.Of(run), value))]),
        };
        string title = $"{char.ToUpperInvariant(what[0])}{what[1..]}";
        return new Figure(names.Title.Length > 0 ? $"{title}: {names.Title}" : title, [chart with { Height = 320 }]) { Footer = FooterOf(having), Theme = theme };
    }

    private static LineLayer Line(RunSeries run, string name, Func<RunSample, double?> value)
    {
        Point[] points = [.. run.Samples.Where(sample => value(sample) is not null).Select(sample => new Point(sample.At, value(sample)!.Value))];
        return new LineLayer(points) { Name = name, HasMarks = points.Length <= 30 };
    }

    // Of a run or two there is room for what else the sender goes by.
    private static Chart Windows(RunSeries[] runs, RunNames names, string what, string unit, Func<RunSample, double?> window)
    {
        var layers = new List<Layer>();
        double scale = unit == "MiB" ? 1 << 20 : 1_024;
        foreach (RunSeries run in runs)
        {
            string own = runs.Length == 1 ? "" : $"{names.Of(run)}: ";
            layers.Add(Line(run, runs.Length == 1 ? what : names.Of(run), window));
            foreach ((string name, Func<RunSample, double?> value) in ((string, Func<RunSample, double?>)[])[("slow start threshold", s => s.Threshold / scale), ("in flight", s => s.InFlight / scale)])
            {
                if (runs.Length <= 2 && run.Samples.Any(sample => value(sample) is not null))
                {
                    layers.Add(Line(run, own + name, value));
                }
            }
        }

        return new Chart("", new Axis("time", "s"), new Axis(what, unit) { Min = 0 }, layers);
    }

    private static Figure Limits(IReadOnlyList<RunSeries> runs, RunNames names, ChartTheme theme)
    {
        RunSeries[] having = [.. runs.Where(run => run.Limits.Count > 0)];
        if (having.Length == 0)
        {
            throw new UsageException($"--kind limits: '{runs[0].File}' does not say what kept a sender from sending more");
        }

        // Rounds of the same are one bar: their mean, so that it is a whole.
        IGrouping<string, RunSeries>[] groups = [.. having.GroupBy(names.Of)];
        double[] tops = new double[groups.Length];
        var layers = new List<Layer>();
        foreach ((string name, int index) in having[0].Limits.Select((limit, i) => (limit.Name, i)))
        {
            var bars = new List<(double X, double From, double To)>();
            for (int i = 0; i < groups.Length; i++)
            {
                double share = groups[i].Average(run => run.Limits[index].Percent);
                bars.Add((i, tops[i], tops[i] + share));
                tops[i] += share;
            }

            layers.Add(new BarLayer(bars) { Name = name });
        }

        var chart = new Chart("", new Axis("", "") { Categories = [.. groups.Select(group => group.Key)] }, new Axis("share of the time", "%") { Min = 0, Max = 100 }, layers);
        return new Figure(names.Title.Length > 0 ? $"What bound the sender: {names.Title}" : "What bound the sender", [chart with { Height = 320 }]) { Footer = FooterOf(having), Theme = theme };
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

    private static Chart Sequence(RunSeries[] runs, RunNames names, string what)
    {
        IEnumerable<double> ends = runs.Select(run => run.Samples.Sum(sample => (sample.BitsPerSecond ?? 0) * sample.Seconds / 8e6));
        (string unit, double divisor) = ends.Max() >= 10_000 ? ("GB", 8e9) : ("MB", 8e6);
        return new("", new Axis("time", "s"), new Axis(what, unit) { Min = 0 }, [.. runs.Select(run =>
        {
            double sum = 0;
            List<Point> points = [new Point(0, 0)];
            foreach (RunSample sample in run.Samples)
            {
                sum += (sample.BitsPerSecond ?? 0) * sample.Seconds / divisor;
                points.Add(new Point(sample.At + (sample.Seconds / 2), sum));
            }

            return new LineLayer(points) { Name = names.Of(run) };
        })]);
    }

    // Of a stream segments are sent again, of datagrams they are lost.
    private static string PacketsOf(IReadOnlyList<RunSeries> runs)
    {
        bool[] datagrams = [.. runs.Select(run => (run.Facts.GetValueOrDefault("transport") ?? "").EndsWith("udp", StringComparison.OrdinalIgnoreCase)).Distinct()];
        return datagrams.Length > 1 ? "packets" : datagrams[0] ? "datagrams" : "segments";
    }

    // Numbers of one to four digits: the same unit for all, by the largest.
    private static (string Unit, Func<RunSample, double?> Value) Readable(string unit, Func<RunSample, double?> value, RunSeries[] runs)
    {
        double largest = runs.SelectMany(run => Values(run, value)).DefaultIfEmpty(0).Max();
        return (unit, largest) switch
        {
            ("Mbit/s", >= 10_000) => ("Gbit/s", s => value(s) / 1_000),
            ("Mbit/s", < 1 and > 0) => ("kbit/s", s => value(s) * 1_000),
            ("ms", < 1 and > 0) => ("µs", s => value(s) * 1_000),
            ("KiB", >= 10_240) => ("MiB", s => value(s) / 1_024),
            _ => (unit, value),
        };
    }

    private static IEnumerable<double> Values(RunSeries run, Func<RunSample, double?> value) =>
        run.Samples.Select(value).Where(v => v is not null).Select(v => v!.Value);

    /// <summary>Seeds and dates of runs, for the corner.</summary>
    internal static string FooterOf(IReadOnlyList<RunSeries> runs)
    {
        string[] seeds = [.. runs.Select(run => run.Seed).OfType<string>().Distinct()];
        string[] dates = [.. runs.Select(run => run.At).OfType<DateTimeOffset>().Select(at => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Distinct().Order(StringComparer.Ordinal)];
        IEnumerable<string> parts = [.. seeds.Length > 0 ? [$"seed {string.Join(", ", seeds)}"] : (string[])[], .. dates.Length > 0 ? [string.Join(" … ", dates.Take(1).Concat(dates.Skip(1).TakeLast(1)))] : (string[])[]];
        return string.Join(", ", parts);
    }
}
