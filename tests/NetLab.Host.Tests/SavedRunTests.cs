using System.Text.RegularExpressions;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Plots;

namespace NetLab.Host.Tests;

/// <summary>Saved runs of this and earlier versions, of iperf3 and of flent: read, drawn and compared.</summary>
public sealed partial class SavedRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-test-");

    [Theory]
    [InlineData("perf-0.1.json", 2, "bit/s", "cubic")]
    [InlineData("run-1.json.gz", 2, "bit/s", "cubic")]
    [InlineData("iperf3.json", 1, "bit/s", "cubic")]
    public void Files_of_every_version_and_of_iperf3_are_read(string file, int runs, string unit, string congestion)
    {
        IReadOnlyList<RunSeries> read = RunReader.Read(PathOf(file));
        Assert.Equal(runs, read.Count);
        Assert.All(read, run =>
        {
            Assert.Equal((unit, congestion), (run.Unit, run.Facts["congestion"]));
            Assert.True(run.Headline > 1e6 && run.Samples.Count >= 3 && run.Samples.All(s => s is { BitsPerSecond: > 0, Window: > 0, RoundTrip: > 0 }));
        });
    }

    [Fact]
    public void Windows_of_iperf3s_streams_add_up_and_the_round_trip_is_the_first_ones() =>
        Assert.Equal((92_000.0, 20.002), (RunReader.Read(PathOf("iperf3.json"))[0].Samples[2].Window, RunReader.Read(PathOf("iperf3.json"))[0].Samples[2].RoundTrip));

    [Fact]
    public void Flents_series_are_latencies_or_throughputs_and_gaps_are_left_out()
    {
        IReadOnlyList<RunSeries> read = RunReader.Read(PathOf("rrul.flent.gz"));
        Assert.Equal([20.1, 22.0, 31.5, 30.2, 29.9], read[0].Samples.Select(s => s.Latency!.Value));
        Assert.Equal([10e6, 40e6, 45e6, 46e6, 44e6], read[1].Samples.Select(s => s.BitsPerSecond!.Value));
        Assert.Equal(("µs", "bit/s", 2026), (read[0].Unit, read[1].Unit, read[0].At!.Value.Year));
    }

    [Fact]
    public void Four_runs_are_four_series_on_one_scale_with_what_differs_in_the_legend_and_the_rest_in_the_title()
    {
        RunSeries[] runs = [.. RunReader.Read(PathOf("run-1.json.gz")), .. RunReader.Read(PathOf("run-1-loss.json"))];
        string svg = RunPlot.Draw(runs, RunPlotKind.Throughput, ChartTheme.Automatic).ToSvg();
        Assert.Equal(svg, RunPlot.Draw(runs, RunPlotKind.Throughput, ChartTheme.Automatic).ToSvg());
        Assert.Contains("Throughput: tcp, cubic, 1400-byte segments, delay=5ms,rate=20M", svg, StringComparison.Ordinal);
        foreach (string name in (string[])["without loss, round 1", "without loss, round 2", "loss=1%, round 1", "loss=1%, round 2"])
        {
            Assert.Contains($">{name}<", svg, StringComparison.Ordinal);
        }

        Assert.Matches("seed [0-9]+, [0-9]+, 2026-11-28", svg);

        // Two axes, each once.
        Assert.Single(AxisTitle().Matches(svg));
    }

    [Fact]
    public void Each_box_has_its_name_on_two_lines_where_one_is_too_narrow()
    {
        RunSeries[] runs = [.. RunReader.Read(PathOf("run-1.json.gz")), .. RunReader.Read(PathOf("run-1-loss.json"))];
        RunSeries[] others = [.. runs.Select(run => run with { Facts = new Dictionary<string, string>(run.Facts) { ["congestion"] = "some-other-control" } })];
        string words = System.Text.RegularExpressions.Regex.Replace(RunPlot.Draw([.. runs, .. others], RunPlotKind.Box, ChartTheme.Automatic).ToSvg(), "<[^>]*>", " ");
        foreach (string name in (string[])["[^-]cubic, +without loss", "[^-]cubic, +loss=1%", "some-other-control, +without loss", "some-other-control, +loss=1%"])
        {
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(words, name));
        }

        Assert.Equal(["without loss,", "round 1"], SvgText.Wrap("without loss, round 1", 100, SvgText.SmallSize));
        Assert.Equal(["without loss, round 1"], SvgText.Wrap("without loss, round 1", 200, SvgText.SmallSize));
        Assert.Equal(["abcde…"], SvgText.Wrap("abcdefghijk", 44, SvgText.SmallSize));
    }

    [Theory]
    [InlineData("throughput")]
    [InlineData("latency")]
    [InlineData("cdf")]
    [InlineData("box")]
    [InlineData("cwnd")]
    [InlineData("rtt")]
    [InlineData("sequence")]
    [InlineData("loss")]
    public void Each_kind_is_drawn_of_what_has_it(string kind) =>
        Assert.StartsWith("<svg", RunPlot.Draw(RunReader.Read(PathOf("run-1.json.gz")), Enum.Parse<RunPlotKind>(kind, ignoreCase: true), ChartTheme.Dark).ToSvg(), StringComparison.Ordinal);

    [Fact]
    public async Task A_folder_is_a_history_and_one_without_runs_is_said_to_be()
    {
        foreach (string file in (string[])["run-1.json.gz", "run-1-loss.json"])
        {
            File.Copy(PathOf(file), Path.Combine(_folder.FullName, file));
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "notes.txt"), "not a run");
        Assert.Equal(4, RunReader.Read(_folder.FullName).Count);
        Nlab.Ended ended = await Nlab.Run("plot", _folder.CreateSubdirectory("empty").FullName, "-o", Path.Combine(_folder.FullName, "x.svg"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("there is no .json", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_the_same_as_itself_and_slower_over_a_link_that_loses()
    {
        IReadOnlyList<RunSeries> good = RunReader.Read(PathOf("run-1.json.gz"));
        RunDifference same = Assert.Single(RunComparison.Of(good, good));
        Assert.True(same.IsSame);
        Assert.Equal(0, same.Change);
        RunDifference slower = Assert.Single(RunComparison.Of(good, RunReader.Read(PathOf("run-1-loss.json"))));
        Assert.True(slower is { IsSame: false, High: < -0.05 }, slower.ToString());
    }

    [Fact]
    public void Of_noise_alone_the_interval_holds_nothing_in_nineteen_of_twenty_cases()
    {
        int same = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            double[] a = [.. Enumerable.Range(0, 12).Select(_ => 100 + (10 * random.NextDouble()))];
            double[] b = [.. Enumerable.Range(0, 12).Select(_ => 100 + (10 * random.NextDouble()))];
            same += RunDifference.Of("x", "bit/s", false, a, b, 12, seed).IsSame ? 1 : 0;
        }

        Assert.InRange(same, 88, 100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Few_rounds_without_pieces_have_no_interval_and_fail_no_build(int rounds)
    {
        double[] fast = [.. Enumerable.Range(0, rounds).Select(i => 100.0 + i)];
        double[] slow = [.. fast.Select(v => v / 2)];
        RunDifference difference = RunDifference.Of("x", "bit/s", false, fast, slow, rounds, 1);
        Assert.True(difference is { Low: null, High: null, IsSame: false, IsCertain: false, Change: -0.5 }, difference.ToString());
        Assert.True(RunDifference.Of("x", "bit/s", false, fast, fast, rounds, 1).IsSame);
        Assert.Equal(rounds == 1, difference.SpreadBefore is null);
        Assert.True(difference.SpreadBefore is null or > 0, difference.ToString());
    }

    [Fact]
    public void Four_rounds_apart_are_told_apart()
    {
        RunDifference difference = RunDifference.Of("x", "bit/s", false, [100, 101, 99, 100], [90, 91, 89, 90], 4, 1);
        Assert.True(difference is { IsCertain: true, High: < 0 }, difference.ToString());
    }

    [Fact]
    public void Two_rounds_are_compared_by_their_pieces_and_their_spread_is_not_nothing()
    {
        RunSeries[] before = [Rounds(1, 100, 110, 90, 105), Rounds(2, 95, 104, 99, 101)];
        RunSeries[] after = [Rounds(1, 50, 55, 45, 52), Rounds(2, 47, 52, 50, 51)];
        RunDifference difference = Assert.Single(RunComparison.Of(before, after));
        Assert.True(difference is { IsOfPieces: true, Rounds: 2, IsCertain: true, SpreadBefore: > 0.01, Low: < -0.45, High: > -0.55 }, difference.ToString());
        Assert.True(difference.Low < difference.High, difference.ToString());

        static RunSeries Rounds(int round, params double[] rates) =>
            new("x", new Dictionary<string, string> { ["transport"] = "tcp" }, [.. rates.Select((rate, i) => new RunSample(i) { Seconds = 1, BitsPerSecond = rate })])
            {
                Headline = rates.Average(),
                Round = round,
            };
    }

    [Fact]
    public async Task A_saved_ping_pong_of_two_rounds_says_that_they_are_too_few()
    {
        string Save(string name, params int[] medians)
        {
            string file = Path.Combine(_folder.FullName, name);
            string runs = string.Join(",", medians.Select((p50, i) => $$$"""{"transport":"tcp","round":{{{i + 1}}},"intervals":[],"end":{"p50":{{{p50}}}}}"""));
            File.WriteAllText(file, $$"""{"schema":"netlab.perf/1","link":null,"segment_size":100,"runs":[{{runs}}]}""");
            return file;
        }

        (string a, string b) = (Save("a.json", 40, 42), Save("b.json", 80, 84));
        Nlab.Ended ended = await Nlab.Run("compare", a, b, "--fail-if-slower", "5%");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("too few rounds", ended.Output, StringComparison.Ordinal);
        Assert.Contains("perhaps 50.0 % slower", ended.Output, StringComparison.Ordinal);
        Assert.Contains("--rounds 4", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" 0.0 %", ended.Output, StringComparison.Ordinal);
        Nlab.Ended itself = await Nlab.Run("compare", a, a);
        Assert.Contains("the same within noise", itself.Output, StringComparison.Ordinal);
        Nlab.Ended certain = await Nlab.Run("compare", Save("c.json", 40, 42, 41, 40), Save("d.json", 80, 84, 81, 82), "--fail-if-slower", "5%");
        Assert.Equal(1, certain.ExitCode);
    }

    [Fact]
    public void Of_round_trips_less_is_better()
    {
        RunDifference difference = RunDifference.Of("x", "µs", true, [100, 101, 99], [200, 201, 199], 3, 1);
        Assert.Equal(-0.5, difference.Change, 2);
    }

    [Fact]
    public void Jains_index_is_one_for_equals_and_a_share_for_one_that_has_everything()
    {
        Assert.Equal(1, PerfStream.JainsIndex([new(0, 0, 5, 0), new(1, 0, 5, 0)]));
        Assert.Equal(0.25, PerfStream.JainsIndex([new(0, 0, 8, 0), new(1, 0, 0, 0), new(2, 0, 0, 0), new(3, 0, 0, 0)]));
        Assert.Null(PerfStream.JainsIndex([new(0, 0, 5, 0)]));
    }

    [Theory]
    [InlineData("{\"schema\":\"netlab.run/1\",\"per", "line 1")]
    [InlineData("{\"schema\":\"netlab.run/9\"}", "netlab.run/9")]
    [InlineData("[]", "no measurement")]
    [InlineData("{\"a\":1}", "no measurement of nlab, iperf3 or flent")]
    [InlineData("{\"schema\":\"netlab.perf/1\",\"runs\":[]}", "no run")]
    [InlineData("{\"schema\":\"netlab.perf/1\",\"runs\":[{\"transport\":\"tcp\",\"intervals\":[{}],\"end\":{}}]}", "intervals[0]")]
    [InlineData("plain words", "line 1")]
    [InlineData("", "line 1")]
    public async Task What_is_no_saved_run_is_one_line_that_names_the_place(string content, string message)
    {
        string file = Path.Combine(_folder.FullName, "x.json");
        await File.WriteAllTextAsync(file, content);
        Nlab.Ended ended = await Nlab.Run("plot", file, "-o", Path.Combine(_folder.FullName, "x.svg"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(message, ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_compressed_file_that_was_cut_short_is_said_to_be()
    {
        string file = Path.Combine(_folder.FullName, "x.json.gz");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(PathOf("run-1.json.gz")))[..300]);
        Nlab.Ended ended = await Nlab.Run("compare", PathOf("run-1.json.gz"), file);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("cut short", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_measured_is_saved_and_compares_with_itself_as_the_same_and_with_a_worse_one_as_slower()
    {
        string good = Path.Combine(_folder.FullName, "good.json.gz");
        Nlab.Ended ran = await Nlab.Run("perf", "--transport", "tcp", "--link", "delay=2ms,rate=20M,seed=3", "--time", "2s", "--omit", "300ms", "--interval", "100ms", "--save", good);
        Assert.Equal(0, ran.ExitCode);
        IReadOnlyList<RunSeries> read = RunReader.Read(good);
        Assert.Equal("3", Assert.Single(read).Seed);
        Assert.InRange(read[0].Samples.Count, 15, 40);
        Nlab.Ended itself = await Nlab.Run("compare", good, good, "--fail-if-slower", "5%");
        Assert.Equal(0, itself.ExitCode);
        Assert.Contains("the same within noise", itself.Output, StringComparison.Ordinal);
        string lossy = Path.Combine(_folder.FullName, "lossy.json");
        Assert.Equal(0, (await Nlab.Run("perf", "--transport", "tcp", "--link", "delay=20ms,rate=20M,loss=1%,seed=3", "--time", "2s", "--omit", "300ms", "--interval", "100ms", "--save", lossy)).ExitCode);
        Nlab.Ended over = await Nlab.Run("compare", good, lossy, "--fail-if-slower", "5%");
        Assert.True(over.ExitCode == 1, over.Output + over.Errors);
        Assert.Matches("[0-9.]+ % slower", over.Output);
        Nlab.Ended slower = await Nlab.Run("compare", PathOf("run-1.json.gz"), PathOf("run-1-loss.json"), "--fail-if-slower", "5%");
        Assert.Equal(1, slower.ExitCode);
        Assert.Contains("slower", slower.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_load_a_probe_waits_behind_the_queue_and_says_how_much_there_was()
    {
        string saved = Path.Combine(_folder.FullName, "load.json");
        Nlab.Ended ran = await Nlab.Run(
            "perf", "--transport", "tcp", "--under-load", "--link", "delay=2ms,rate=10M,queue=64K", "--time", "700ms", "--omit", "300ms", "--save", saved);
        Assert.Equal(0, ran.ExitCode);
        IReadOnlyList<RunSeries> loads = RunReader.Read(saved);
        Assert.Equal(["idle", "up", "down", "both"], loads.Select(l => l.Facts["load"]));
        Assert.All(loads.Skip(1), load => Assert.NotEmpty(load.Samples));
        Assert.All(loads, load => Assert.Equal("cubic", load.Facts["congestion"]));
        Assert.Contains(loads[1].Samples, s => s.Queue > 20_000);
    }

    [Fact]
    public async Task Several_algorithms_share_a_link_and_the_index_says_how_fairly()
    {
        Nlab.Ended ran = await Nlab.Run("perf", "--transport", "tcp", "--congestion", "cubic,bbr", "--link", "delay=2ms,rate=20M", "--time", "1s", "--omit", "0");
        Assert.Equal(0, ran.ExitCode);
        Assert.Matches("cubic .*bit/s, bbr .*bit/s; Jain's index 0\\.[0-9]+|Jain's index 1", ran.Output);
    }

    [Theory]
    [InlineData("--reverse", 1)]
    [InlineData("--bidirectional", 2)]
    public async Task The_other_way_goes_down_the_link(string option, int runs)
    {
        Nlab.Ended ran = await Nlab.Run("perf", "--transport", "udp", option, "--rate", "5M", "--link", "down.loss=10%,seed=5", "--time", "1s", "--omit", "0", "--json");
        Assert.Equal(0, ran.ExitCode);
        using var document = System.Text.Json.JsonDocument.Parse(ran.Output);
        System.Text.Json.JsonElement[] all = [.. document.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal(runs, all.Length);
        foreach (System.Text.Json.JsonElement run in all)
        {
            bool isReverse = run.GetProperty("direction").GetString() == "reverse";
            double lost = run.GetProperty("end").GetProperty("sum_received").GetProperty("lost_percent").GetDouble();
            Assert.InRange(lost, isReverse ? 5 : 0, isReverse ? 16 : 0.5);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", "Runs", file);

    [GeneratedRegex(">throughput \\(Mbit/s\\)<")]
    private static partial Regex AxisTitle();
}
