using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Plots;
using NetLab.Host.Settings;

namespace NetLab.Host.Tests;

/// <summary>Pictures of runs: whatever is drawn, words lie over nothing, lines are told apart, and the bytes are the same everywhere.</summary>
public sealed partial class RunPlotTests
{
    private const double LineHeight = 11;

    public static TheoryData<string, string> EachKindOfEach()
    {
        var all = new TheoryData<string, string>();
        foreach (string kind in Enum.GetNames<RunPlotKind>().Select(name => name.ToLowerInvariant()))
        {
            foreach (string files in (string[])["run-1.json.gz run-1-loss.json", "run-1-under-load.json.gz", "run-1-limits.json.gz", "many"])
            {
                // The two have neither a queue nor a probe; a probe's runs have no windows.
                bool isProbe = files == "run-1-under-load.json.gz";
                if (isProbe ? kind is "latency" or "cdf" or "box" or "queue" : kind is not ("queue" or "limits") || (kind == "limits" && files == "run-1-limits.json.gz"))
                {
                    all.Add(kind, files);
                }
            }
        }

        foreach (string files in (string[])["run-1-latency.json.gz", "run-0-latency.json"])
        {
            all.Add("latency", files);
            all.Add("cdf", files);
            all.Add("box", files);
        }

        all.Add("throughput", "run-1-connections.json");
        all.Add("box", "run-1-connections.json");

        return all;
    }

    [Theory]
    [MemberData(nameof(EachKindOfEach))]
    public void No_word_lies_over_another_or_beyond_the_edge_and_axes_have_units(string kind, string files)
    {
        string svg = RunPlot.Draw(Read(files), Enum.Parse<RunPlotKind>(kind, ignoreCase: true), ChartTheme.Light).ToSvg();
        Word[] words = [.. Words(svg)];
        (double width, double height) = (Number(svg, "width"), Number(svg, "height"));
        Assert.All(words, word => Assert.True(word.Left >= 0 && word.Right <= width && word.Top >= 0 && word.Bottom <= height, $"{word} of {width} × {height}"));
        for (int i = 0; i < words.Length; i++)
        {
            for (int j = i + 1; j < words.Length; j++)
            {
                Assert.False(words[i].Overlaps(words[j]), $"{words[i]} and {words[j]}");
            }
        }

        string[] axes = [.. words.Where(word => word.Classes.Split(' ').Contains("a") && word.Text.Length > 0).Select(word => word.Text)];
        Assert.Equal(kind is "box" or "limits" ? 1 : 2, axes.Length);
        Assert.All(axes, axis => Assert.Matches(@"\([A-Za-zµ%/]+\)$", axis));
    }

    [Fact]
    public void Of_more_than_eight_lines_none_has_the_dash_colour_and_mark_of_another()
    {
        string svg = RunPlot.Draw(Read("many"), RunPlotKind.Throughput, ChartTheme.Light).ToSvg();
        string[] lines = [.. LineClass().Matches(svg).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(20, lines.Length);
        Assert.Equal(64, Enumerable.Range(0, 64).Select(style => (SvgStyle.ColorOf(style), SvgStyle.DashOf(style))).Distinct().Count());
        Assert.Equal(64, Enumerable.Range(0, 64).Select(style => (SvgStyle.ColorOf(style), MarkShapes.OfStyle(style))).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(EachKindOfEach))]
    public void The_bytes_are_the_same_whatever_the_machine_thinks_of_numbers(string kind, string files)
    {
        string usual = RunPlot.Draw(Read(files), Enum.Parse<RunPlotKind>(kind, ignoreCase: true), ChartTheme.Automatic).ToSvg();
        CultureInfo before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        other.NumberFormat.NegativeSign = "−";
        other.NumberFormat.PositiveInfinitySymbol = "viel";
        other.DateTimeFormat.DateSeparator = ".";
        other.DateTimeFormat.Calendar = other.OptionalCalendars[0];
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(usual, RunPlot.Draw(Read(files), Enum.Parse<RunPlotKind>(kind, ignoreCase: true), ChartTheme.Automatic).ToSvg());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_date_in_the_corner_is_that_of_universal_time()
    {
        RunSeries run = Read("run-1.json.gz")[0] with { At = new DateTimeOffset(2026, 11, 29, 0, 30, 0, TimeSpan.FromHours(14)) };
        Assert.Contains(Words(RunPlot.Draw([run], RunPlotKind.Throughput, ChartTheme.Light).ToSvg()), word => word.Text.EndsWith("2026-11-28", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(25e9, "throughput (Gbit/s)")]
    [InlineData(25e6, "throughput (Mbit/s)")]
    [InlineData(25e3, "throughput (kbit/s)")]
    public void The_unit_is_one_that_needs_no_more_than_four_digits(double bitsPerSecond, string axis)
    {
        var run = new RunSeries("x.json", new Dictionary<string, string> { ["transport"] = "tcp" }, [new(0.5) { BitsPerSecond = bitsPerSecond }, new(1.5) { BitsPerSecond = bitsPerSecond / 2 }]);
        Assert.Contains(Words(RunPlot.Draw([run], RunPlotKind.Throughput, ChartTheme.Light).ToSvg()), word => word.Text == axis);
    }

    [Fact]
    public void A_run_of_its_own_shows_its_threshold_and_what_is_in_flight_beside_the_window()
    {
        string[] legend = [.. Words(RunPlot.Draw([Read("run-1-limits.json.gz")[0]], RunPlotKind.Cwnd, ChartTheme.Light).ToSvg()).Where(word => word.Classes.Length == 0).Select(word => word.Text)];
        Assert.Equal(["congestion window", "slow start threshold", "in flight"], legend);
    }

    [Fact]
    public void Of_round_trips_all_percentiles_are_kept_and_earlier_files_have_four()
    {
        IReadOnlyList<(double Percent, double Milliseconds)> kept = Read("run-1-latency.json.gz")[0].Distribution;
        Assert.Equal([0, 1, 50, 90, 99, 99.5, 99.9, 100], kept.Select(p => p.Percent).Where(p => p is 0 or 1 or 50 or 90 or 99 or 99.5 or 99.9 or 100));
        Assert.Equal(kept.Order(), kept);
        Assert.Equal([50, 90, 99, 99.9], Read("run-0-latency.json")[0].Distribution.Select(p => p.Percent));
    }

    [Theory]
    [InlineData("box", "run-1-latency.json.gz")]
    [InlineData("throughput", "run-1-connections.json")]
    [InlineData("box", "run-1-connections.json")]
    [InlineData("limits", "run-1-limits.json.gz")]
    public void Rounds_of_the_same_are_one(string kind, string files) =>
        Assert.DoesNotContain(Words(RunPlot.Draw(Read(files), Enum.Parse<RunPlotKind>(kind, ignoreCase: true), ChartTheme.Light).ToSvg()), word => word.Text.StartsWith("round ", StringComparison.Ordinal) && char.IsAsciiDigit(word.Text[^1]));

    [Theory]
    [InlineData("[[50, 1], [40, 2]]", "end.distribution[1]")]
    [InlineData("[[50, 2], [60, 1]]", "end.distribution[1]")]
    [InlineData("[[50, \"x\"]]", "end.distribution[0]")]
    [InlineData("[[101, 1]]", "end.distribution[0]")]
    [InlineData("[7]", "end.distribution[0]")]
    public void A_distribution_that_is_none_is_refused_by_its_place(string distribution, string where)
    {
        string document = $$"""{ "schema": "netlab.perf/1", "runs": [ { "transport": "tcp", "round": 1, "intervals": [], "end": { "p50": 1, "distribution": {{distribution}} } } ] }""";
        using JsonDocument json = JsonDocument.Parse(document);
        Assert.Contains(where, Assert.Throws<UsageException>(() => RunReader.Of(json.RootElement, "x.json")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[[100, 1]]")]
    [InlineData("[[0, 1], [100, 2]]")]
    public void A_distribution_without_a_middle_is_no_picture(string distribution)
    {
        string document = $$"""{ "schema": "netlab.perf/1", "runs": [ { "transport": "tcp", "round": 1, "intervals": [], "end": { "distribution": {{distribution}} } } ] }""";
        using JsonDocument json = JsonDocument.Parse(document);
        IReadOnlyList<RunSeries> runs = RunReader.Of(json.RootElement, "x.json");
        foreach (RunPlotKind kind in (RunPlotKind[])[RunPlotKind.Latency, RunPlotKind.Cdf, RunPlotKind.Box])
        {
            Assert.Contains("'x.json' has no ", Assert.Throws<UsageException>(() => RunPlot.Draw(runs, kind, ChartTheme.Light)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_bound_a_sender_is_a_whole()
    {
        IReadOnlyList<RunSeries> runs = Read("run-1-limits.json.gz");
        Assert.All(runs, run => Assert.Equal(["cwnd", "rwnd", "send buffer", "application", "pacing"], run.Limits.Select(limit => limit.Name)));
        Assert.All(runs, run => Assert.InRange(run.Limits.Sum(limit => limit.Percent), 99.5, 100.5));
    }

    [Fact]
    public void A_long_title_goes_on_below()
    {
        Word[] titles = [.. Words(RunPlot.Draw(Read("run-1-under-load.json.gz"), RunPlotKind.Latency, ChartTheme.Light).ToSvg()).Where(word => word.Classes == "t")];
        Assert.Equal(2, titles.Length);
        Assert.Equal("1400-byte segments", titles[1].Text);
    }

    [Fact]
    public void Boxes_of_many_files_have_names_that_differ_and_rounds_are_one_box()
    {
        RunSeries[] runs = [.. Enumerable.Range(1, 7).SelectMany(file => Read("run-1-loss.json").Select(run => run with { File = $"measured-on-the-long-way-{file}.json" }))];
        string[] names = [.. Words(RunPlot.Draw(runs, RunPlotKind.Box, ChartTheme.Light).ToSvg()).Select(word => word.Text).Where(text => text.Contains(".json", StringComparison.Ordinal))];
        Assert.Equal(7, names.Length);
        Assert.Equal(names.Distinct(), names);
        Assert.DoesNotContain(names, name => name.Contains("round", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_too_long_for_a_box_keeps_its_beginning_and_its_end()
    {
        string fitted = SvgText.FitEnds("tcp, delay=5ms,rate=20M, 1400-byte segments, run-1.json.gz", 180, SvgText.SmallSize);
        Assert.StartsWith("tcp, delay=", fitted, StringComparison.Ordinal);
        Assert.EndsWith("run-1.json.gz", fitted, StringComparison.Ordinal);
        Assert.True(SvgText.WidthOf(fitted, SvgText.SmallSize) <= 180, fitted);
        Assert.Equal("short", SvgText.FitEnds("short", 180, SvgText.SmallSize));
    }

    private static RunSeries[] Read(string files) => files != "many"
        ? [.. files.Split(' ').SelectMany(file => RunReader.Read(Path.Combine(AppContext.BaseDirectory, "Data", "Runs", file)))]
        : [.. Enumerable.Range(1, 20).Select(round => RunReader.Read(Path.Combine(AppContext.BaseDirectory, "Data", "Runs", "run-1-loss.json"))[round % 2] with { Round = round })];

    private static double Number(string svg, string name) => double.Parse(Regex.Match(svg, $" {name}=\"([0-9.]+)\"").Groups[1].Value, CultureInfo.InvariantCulture);

    private static IEnumerable<Word> Words(string svg)
    {
        foreach (Match match in TextElement().Matches(svg))
        {
            string[] classes = match.Groups[1].Value.Split(' ');
            (double x, double y) = (double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));
            string text = WebUtility.HtmlDecode(match.Groups[5].Value);
            double size = classes.Contains("t") ? SvgText.TitleSize * SvgText.Bold : classes.Contains("f") ? SvgText.SmallSize : SvgText.NormalSize;
            double length = SvgText.WidthOf(text, size);
            double left = classes.Contains("n") ? -length / 2 : classes.Contains("e") ? -length : 0;

            // Text stands on its line; turned by a quarter, it stands beside it.
            yield return match.Groups[4].Length > 0
                ? new Word(text, match.Groups[1].Value, x - LineHeight, y - (length + left), x, y - left)
                : new Word(text, match.Groups[1].Value, x + left, y - LineHeight, x + left + length, y);
        }
    }

    [GeneratedRegex("<text class=\"([^\"]*)\" x=\"([^\"]*)\" y=\"([^\"]*)\"( transform=\"[^\"]*\")?>([^<]*)</text>")]
    private static partial Regex TextElement();

    [GeneratedRegex("class=\"l (s[0-9] d[0-9])\"")]
    private static partial Regex LineClass();

    private sealed record Word(string Text, string Classes, double Left, double Top, double Right, double Bottom)
    {
        public bool Overlaps(Word other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
    }
}
