using System.Globalization;
using NetLab.Host.Plots;

namespace NetLab.Host.Measurement.Comparison;

/// <summary>Pictures of runs that exchanged messages rather than a flow of bytes: round trips by percentile, connections by round.</summary>
internal static class ExchangePlot
{
    // Where the largest value is a hundred times the least, equal steps would show nothing but the largest.
    private const double WideSpan = 100;

    private static readonly double[] Nines = [0, 50, 90, 99, 99.9, 99.99, 99.999];

    /// <summary>Whether a kind of picture is of such runs: none of them has samples over time.</summary>
    public static bool Draws(IReadOnlyList<RunSeries> runs, RunPlotKind kind) => kind switch
    {
        RunPlotKind.Latency => Trips(runs).Length > 0,
        RunPlotKind.Cdf or RunPlotKind.Box => Trips(runs).Length > 0 || (kind == RunPlotKind.Box && Connections(runs).Length > 0),
        RunPlotKind.Throughput => Connections(runs).Length > 0,
        _ => false,
    };

    /// <summary>Draws it.</summary>
    public static Figure Draw(IReadOnlyList<RunSeries> runs, RunPlotKind kind, ChartTheme theme)
    {
        RunSeries[] trips = Trips(runs);
        bool areTrips = kind != RunPlotKind.Throughput && trips.Length > 0;
        RunSeries[] having = areTrips ? trips : Connections(runs);
        var names = new RunNames(having, roundsAreOne: kind is RunPlotKind.Box or RunPlotKind.Throughput);
        Chart chart = kind switch
        {
            RunPlotKind.Latency => ByPercentile(having, names),
            RunPlotKind.Cdf => Cdf(having, names),
            RunPlotKind.Box when areTrips => TripBoxes(having, names),
            RunPlotKind.Box => Box(having, names, new Axis("connections", "/s") { Min = 0 }, run => [run.Headline!.Value]),
            _ => ByRound(having, names),
        };
        string title = areTrips ? "Round trip" : "Connections a second";
        return new Figure(names.Title.Length > 0 ? $"{title}: {names.Title}" : title, [chart with { Height = 320 }]) { Footer = RunPlot.FooterOf(having), Theme = theme };
    }

    private static RunSeries[] Trips(IReadOnlyList<RunSeries> runs) => [.. runs.Where(run => run.Distribution.Any(p => p.Percent is >= 1 and < 100) && run.Samples.Count == 0)];

    private static RunSeries[] Connections(IReadOnlyList<RunSeries> runs) => [.. runs.Where(run => run.Unit == "/s" && run.Headline is not null && run.Samples.Count == 0)];

    // Each nine is as wide as the one before: the tail is what one looks for (HdrHistogram's plot).
    private static Chart ByPercentile(RunSeries[] runs, RunNames names)
    {
        string unit = Unit(runs, out double scale);
        double last = runs.Max(run => run.Distribution.Where(p => p.Percent < 100).Max(p => p.Percent));
        return new Chart(
            "",
            new Axis("percentile", "%") { Min = 0, Max = Place(last), Ticks = [.. Nines.Where(nine => nine <= last).Select(nine => (Place(nine), nine.ToString(CultureInfo.InvariantCulture)))] },
            LatencyAxis(runs, unit, scale),
            [.. runs.Select(run =>
            {
                Point[] points = [.. run.Distribution.Where(p => p.Percent < 100).Select(p => new Point(Place(p.Percent), p.Milliseconds * scale))];
                return new LineLayer(points) { Name = names.Of(run), HasMarks = points.Length <= 5 };
            })]);
    }

    private static Chart Cdf(RunSeries[] runs, RunNames names)
    {
        string unit = Unit(runs, out double scale);
        return new Chart(
            "",
            LatencyAxis(runs, unit, scale) with { Min = null },
            new Axis("share at most so large", "%") { Min = 0, Max = 100 },
            [.. runs.Select(run => new LineLayer([.. run.Distribution.Select(p => new Point(p.Milliseconds * scale, p.Percent))]) { Name = names.Of(run), IsStep = true })]);
    }

    // The last per cent is what a whisker would show alone.
    private static Chart TripBoxes(RunSeries[] runs, RunNames names)
    {
        string unit = Unit(runs, out double scale);
        return Box(runs, names, LatencyAxis(runs, unit, scale) with { Title = "round trip up to the 99th percentile" }, run => run.Distribution.Where(p => p.Percent <= 99).Select(p => p.Milliseconds * scale));
    }

    // Rounds of the same are one box.
    private static Chart Box(RunSeries[] runs, RunNames names, Axis axis, Func<RunSeries, IEnumerable<double>> values)
    {
        IGrouping<string, RunSeries>[] groups = [.. runs.GroupBy(names.Of)];
        return new Chart(
            "",
            new Axis("", "") { Categories = [.. groups.Select(group => group.Key)] },
            axis,
            [new BoxLayer([.. groups.Select((group, i) => ((double)i, (IReadOnlyList<double>)[.. group.SelectMany(values)]))])]);
    }

    private static Chart ByRound(RunSeries[] runs, RunNames names)
    {
        int rounds = runs.Max(run => run.Round);
        int step = Math.Max(1, rounds / 10);
        return new Chart(
            "",
            new Axis("round", "number") { Min = 0.5, Max = rounds + 0.5, Ticks = [.. Enumerable.Range(1, rounds).Where(round => (round - 1) % step == 0).Select(round => ((double)round, round.ToString(CultureInfo.InvariantCulture)))] },
            new Axis("connections", "/s") { Min = 0 },
            [.. runs.GroupBy(names.Of).Select(group => new LineLayer([.. group.Select(run => new Point(run.Round, run.Headline!.Value))]) { Name = group.Key, HasMarks = true })]);
    }

    private static Axis LatencyAxis(RunSeries[] runs, string unit, double scale)
    {
        double[] values = [.. runs.SelectMany(run => run.Distribution).Select(p => p.Milliseconds * scale).Where(v => v > 0)];
        bool isWide = values.Length > 0 && values.Max() / values.Min() >= WideSpan;
        return new Axis("round trip", unit) { IsLogarithmic = isWide, Min = isWide ? null : 0 };
    }

    private static double Place(double percent) => -Math.Log10(1 - (percent / 100));

    private static string Unit(RunSeries[] runs, out double scale)
    {
        double middle = runs.Max(run => run.Distribution[run.Distribution.Count / 2].Milliseconds);
        (string unit, scale) = middle < 1 ? ("µs", 1_000.0) : ("ms", 1.0);
        return unit;
    }
}
