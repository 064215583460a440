using NetLab.Udp.Links;
using NetLab.Udp.Links.Paths;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links.Paths;

/// <summary>A path that was recorded, written, read and played is like the path: loss within 0.2 points, delay quartiles within 5 %.</summary>
public sealed class PathReplayTests
{
    private const int Count = 30_000;

    [Theory]
    [InlineData("delay=20ms")]
    [InlineData("delay=20ms,jitter=15ms,loss=2%")]
    [InlineData("delay=20ms,jitter-reorder=15ms,loss=5%,burst=4")]
    [InlineData("delay=5ms,loss=0.5%,burst=10,rate=2M")]
    [InlineData("delay=10ms,rate=1200K,queue=20p,loss=1%")]
    [InlineData("wifi-far")]
    [InlineData("satellite")]
    public void What_a_replay_does_is_what_was_recorded(string text)
    {
        List<LinkOutcome> first = Play(Parse(text).Up, 3, Steady());
        RecordedPath recorded = ThroughText(Record(first));
        foreach (ulong seed in (ulong[])[1, 2, 3])
        {
            AssertAlike(first, Play(Parse("seed=1").Up.Playing(recorded.Up), seed, Steady()), text);
        }
    }

    [Fact]
    public void Other_traffic_sees_the_same_path_by_the_moments_at_which_it_comes()
    {
        List<LinkOutcome> first = Play(Parse("delay=20ms,jitter=15ms,loss=3%,burst=2").Up, 3, Steady());
        RecordedPath recorded = ThroughText(Record(first));
        List<LinkOutcome> replayed = Play(new LinkDirection().Playing(recorded.Up), 9, Irregular());
        AssertAlike(first, replayed, "irregular");
    }

    [Fact]
    public void A_schedule_is_recorded_as_it_came()
    {
        LinkDescription before = Parse("delay=10ms,loss=1%");
        Assert.True(before.TrySchedule("20s: delay=60ms; 40s: loss=10%; 50s: down; 52s: up", out LinkDescription link, out string? error), error);
        List<LinkOutcome> first = Play(link.Up, 3, Steady());
        List<LinkOutcome> replayed = Play(new LinkDirection().Playing(ThroughText(Record(first)).Up), 4, Steady());
        AssertAlike(first, replayed, "schedule");
        foreach ((int from, int to) in ((int, int)[])[(0, 19), (21, 39), (41, 49), (53, 59)])
        {
            AssertAlike([.. first.Where(o => IsWithin(o, from, to))], [.. replayed.Where(o => IsWithin(o, from, to))], $"{from} s to {to} s");
        }

        Assert.All(replayed.Where(o => o.EnteredAt.SinceOrigin.TotalSeconds is > 50.1 and < 51.9), o => Assert.True(o.IsDropped));
    }

    [Fact]
    public void The_line_is_found_by_what_it_does_to_bursts_and_keeps_more_from_passing()
    {
        // Ten at once each 100 ms: 10 Mbit/s take 1.142 ms for each.
        List<LinkOutcome> first = Play(Parse("delay=20ms,rate=10M").Up, 1, Enumerable.Range(0, 6_000).Select(i => (At(i / 10 * 0.1), 1_400)));
        RecordedPath recorded = ThroughText(Record(first));
        Assert.InRange(recorded.Up!.Rate!.MeanRate, 9.9e6, 10.1e6);

        List<LinkOutcome> more = Play(new LinkDirection().Playing(recorded.Up), 1, Enumerable.Range(0, 60_000).Select(i => (At(i * 0.001), 1_400)));
        LinkOutcome[] passed = [.. more.Where(o => !o.IsDropped)];
        double carried = passed.Sum(o => (o.Length + 28) * 8.0) / (passed.Max(o => o.DeliverAt) - At(0)).TotalSeconds;
        Assert.InRange(carried, 9.8e6, 10.1e6);
    }

    /// <summary>Jitter parts datagrams, too, and by another time each: that is no rate.</summary>
    [Theory]
    [InlineData("delay=20ms,jitter=15ms")]
    [InlineData("delay=20ms")]
    public void Where_nothing_waited_for_a_line_no_rate_is_made_up(string text)
    {
        List<LinkOutcome> first = Play(Parse(text).Up, 1, Enumerable.Range(0, 6_000).Select(i => (At(i / 10 * 0.1), 1_400)));
        Assert.Null(Record(first).Build("x")!.Rate);
    }

    /// <summary>A few small ones at the start come apart alike by chance; what passes later shows that it was no rate.</summary>
    [Fact]
    public void What_more_passed_than_is_no_rate()
    {
        var recorder = new PathRecorder();
        for (int i = 0; i < 100; i++)
        {
            recorder.Add(At(i / 100.0), 60, TimeSpan.FromMilliseconds(5 + (i % 2 * 20)));
            recorder.Add(At(i / 100.0), 60, TimeSpan.FromMilliseconds(7 + (i % 2 * 20)));
        }

        for (int i = 0; i < 1_000; i++)
        {
            recorder.Add(At(1 + (i / 1_000.0)), 1_400, TimeSpan.FromMilliseconds(5));
        }

        Assert.Null(recorder.Build("x")!.Rate);
    }

    [Fact]
    public void A_record_is_bounded_and_still_like_the_path()
    {
        var recorder = new PathRecorder();
        for (int i = 0; i < 450_000; i++)
        {
            recorder.Add(At(i * 0.0001), 100, TimeSpan.FromMilliseconds(10 + (i % 1_000 / 100.0)));
        }

        PathRecord record = recorder.Build("x")!;
        Assert.InRange(record.Delays.Length, PathRecord.MaxDelays / 2, PathRecord.MaxDelays);
        double[] delays = [.. record.Delays.Select(d => d.Delay.TotalMilliseconds).Order()];
        Assert.InRange(delays[delays.Length / 2], 14.5, 15.5);
    }

    [Fact]
    public void A_link_string_plays_a_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (var writer = new StreamWriter(file))
            {
                RecordedPathFile.Write(writer, new RecordedPath(Record(Play(Parse("delay=30ms").Up, 1, Steady())).Build("x"), null, 77), ["a comment"]);
            }

            LinkDescription link = Parse($"up.replay={file},down.delay=3ms");
            Assert.Equal((77UL, TimeSpan.FromMilliseconds(3)), (link.Seed, link.Down.Delay));
            Assert.Equal(TimeSpan.FromMilliseconds(30), link.Up.Path!.DelayAt(TimeSpan.FromHours(1)));
            Assert.Equal($"up.replay={file},down.delay=3ms,seed=77", link.ToString());
            Assert.False(LinkDescription.TryParse($"down.replay={file}", out _, out string? error));
            Assert.Contains("nothing is known there of that direction", error, StringComparison.Ordinal);
            Assert.False(LinkDescription.TryParse($"up.replay={file},loss=1%", out _, out error));
            Assert.Contains("'loss=1%': a replay has", error, StringComparison.Ordinal);
            Assert.False(LinkDescription.TryParse($"replay={file}", null, out _, out error));
            Assert.Contains("cannot be named here", error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("", "there is no period")]
    [InlineData("period 10\n", "no delay of either direction")]
    [InlineData("period x\n", "line 1: 'x'")]
    [InlineData("period 0\n", "line 1: '0'")]
    [InlineData("seed -1\n", "line 1: '-1'")]
    [InlineData("period 10\nup loss 0 2\n", "line 2: '2': not a share")]
    [InlineData("period 10\nup loss 1 0.1\n", "line 2: '1': the first loss")]
    [InlineData("period 10\nup delay 1 5\nup delay 0.5 5\n", "line 3: '0.5': goes back in time")]
    [InlineData("period 10\nup delay 11 5\n", "'up'")]
    [InlineData("period 10\nup delay 1 soon\n", "line 2: 'soon'")]
    [InlineData("period 10\nup delay 1\n", "line 2: 'delay'")]
    [InlineData("period 10\nup\n", "line 2: ''")]
    [InlineData("period 10\nsideways delay 0 1\n", "line 2: 'sideways'")]
    [InlineData("period 10\nup order some\n", "line 2: 'some'")]
    [InlineData("period 10\nup burst 0.5\n", "line 2: '0.5'")]
    [InlineData("period 10\nup rate 0 -3\n", "line 2: '-3'")]
    [InlineData("period 10\nup loss 0 0.1\n", "'up': it has no delay")]
    [InlineData("period 10\ndown delay 0 NaN\n", "line 2: 'NaN'")]
    [InlineData("\0\u0001\u0002", "line 1")]
    public void What_is_wrong_is_said_with_line_and_word(string text, string expected)
    {
        Assert.False(RecordedPathFile.TryRead(new StringReader(text), "x", out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    private static LinkDescription Parse(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return link;
    }

    private static IEnumerable<(Instant At, int Length)> Steady() => Enumerable.Range(0, Count).Select(i => (At(i * 0.002), 300));

    private static IEnumerable<(Instant At, int Length)> Irregular()
    {
        var random = new Random(5);
        double at = 0;
        for (int i = 0; i < Count; i++)
        {
            yield return (At(at), random.Next(50, 1_200));
            at -= Math.Log(1 - random.NextDouble()) * 0.002;
        }
    }

    private static List<LinkOutcome> Play(LinkDirection direction, ulong seed, IEnumerable<(Instant At, int Length)> datagrams) =>
        new LinkModel(direction, seed).PassAll(datagrams);

    private static PathRecorder Record(List<LinkOutcome> outcomes)
    {
        var recorder = new PathRecorder();
        foreach (LinkOutcome outcome in outcomes)
        {
            recorder.Add(outcome.EnteredAt, outcome.Length + 28, outcome.IsDropped ? null : outcome.DeliverAt - outcome.EnteredAt);
        }

        return recorder;
    }

    private static RecordedPath ThroughText(PathRecorder recorder)
    {
        var writer = new StringWriter();
        RecordedPathFile.Write(writer, new RecordedPath(recorder.Build("first"), null, 5), []);
        Assert.True(RecordedPathFile.TryRead(new StringReader(writer.ToString()), "again", out RecordedPath? recorded, out string? error), error);
        return recorded!;
    }

    private static void AssertAlike(List<LinkOutcome> first, List<LinkOutcome> second, string what)
    {
        double LossOf(List<LinkOutcome> outcomes) => (double)outcomes.Count(o => o.IsDropped) / outcomes.Count;
        Assert.True(Math.Abs(LossOf(first) - LossOf(second)) <= 0.002, $"{what}: loss {LossOf(first):P2}, {LossOf(second):P2}");
        foreach (double quantile in (double[])[0.25, 0.5, 0.75])
        {
            double DelayOf(List<LinkOutcome> outcomes)
            {
                double[] delays = [.. outcomes.Where(o => !o.IsDropped).Select(o => (o.DeliverAt - o.EnteredAt).TotalMilliseconds).Order()];
                return delays[(int)(quantile * delays.Length)];
            }

            Assert.True(Math.Abs((DelayOf(second) / DelayOf(first)) - 1) <= 0.05, $"{what}: {quantile} of delays {DelayOf(first):F3} ms, {DelayOf(second):F3} ms");
        }
    }

    private static bool IsWithin(LinkOutcome outcome, int from, int to) => outcome.EnteredAt.SinceOrigin.TotalSeconds >= from && outcome.EnteredAt.SinceOrigin.TotalSeconds < to;

    private static Instant At(double seconds) => Instant.FromOrigin(TimeSpan.FromSeconds(seconds));
}
