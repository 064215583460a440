using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links.Queues;

public sealed class QueueDisciplineTests
{
    // 10 Mbit/s: a frame of 1,500 bytes with its headers takes 1.2 ms.
    private const long Rate = 10_000_000;
    private static readonly byte[] Frame = new byte[1_472];
    private static readonly TimeSpan FrameTime = TimeSpan.FromMicroseconds(1_200);

    public static TheoryData<string> Disciplines => ["droptail", "codel", "fq_codel", "pie", "red"];

    [Theory]
    [MemberData(nameof(Disciplines))]
    public void What_enters_leaves_or_is_dropped_once_and_the_same_seed_tells_the_same_story(string aqm)
    {
        List<LinkOutcome> first = Overload(aqm, 20, EcnCodepoint.NotEct, out EmulatedLink<int> link);
        List<LinkOutcome> second = Overload(aqm, 20, EcnCodepoint.NotEct, out _);
        Assert.Equal(first, second);
        Assert.Equal(link.Statistics.Entered, first.Select(o => o.Ordinal).Distinct().Count());
        Assert.Equal(link.Statistics.Entered, first.Count);
        Assert.Equal(link.Statistics.Delivered, first.Count(o => !o.IsDropped));
        Assert.Equal(0, link.BytesOnLink);

        // Decisions come in the order of time, and the log says what waited.
        Assert.True(first.Zip(first.Skip(1)).All(pair => pair.First.DecidedAt <= pair.Second.DecidedAt));
        Assert.Contains(first, o => o.FoundDatagrams > 3);
    }

    [Theory]
    [MemberData(nameof(Disciplines))]
    public void A_load_below_the_rate_is_neither_dropped_nor_delayed(string aqm)
    {
        EmulatedLink<int> link = Link($"rate=10M,aqm={aqm}");
        List<LinkOutcome> outcomes = Log(link);
        Send(link, TimeSpan.FromSeconds(5), TimeSpan.FromTicks(FrameTime.Ticks * 11 / 10));
        Assert.All(outcomes, o => Assert.Equal((LinkEffects.None, FrameTime), (o.Effects, o.DeliverAt - o.EnteredAt)));
    }

    [Theory]
    [MemberData(nameof(Disciplines))]
    public void An_overloaded_line_is_never_idle(string aqm)
    {
        EmulatedLink<int> link = Link($"rate=10M,aqm={aqm}");
        Send(link, TimeSpan.FromSeconds(20), TimeSpan.FromTicks(FrameTime.Ticks / 2));

        // RED's average, which lags, lets the queue run empty after a burst of drops; the others are exact.
        Assert.InRange(link.Statistics.Delivered, (20 / 0.0012 * (aqm == "red" ? 0.99 : 1)) - 2, (20 / 0.0012) + 2);
    }

    [Theory]
    [InlineData("codel")]
    [InlineData("fq_codel")]
    [InlineData("pie")]
    [InlineData("red")]
    public void Whoever_understands_is_marked_instead_where_that_is_asked_for(string aqm)
    {
        List<LinkOutcome> capable = Overload(aqm + ",ecn=on", 1, EcnCodepoint.Ect0, out EmulatedLink<int> link);
        Assert.True(link.Statistics.Marked > 0);
        Assert.All(capable.Where(o => (o.Effects & LinkEffects.Marked) != 0), o => Assert.Equal((EcnCodepoint.Ce, false), (o.Ecn, o.IsDropped)));

        Overload(aqm + ",ecn=on", 1, EcnCodepoint.NotEct, out link);
        Assert.Equal(0, link.Statistics.Marked);
        Overload(aqm, 1, EcnCodepoint.Ect0, out link);
        Assert.Equal(0, link.Statistics.Marked);
    }

    [Fact]
    public void CoDel_drops_first_from_the_head_an_interval_after_the_target_was_passed_and_then_faster()
    {
        // RFC 8289, 5: 40 at once are 48 ms of queue; a steady load keeps it there.
        EmulatedLink<int> link = Link("rate=10M,aqm=codel");
        List<LinkOutcome> outcomes = Log(link);
        for (int i = 0; i < 40; i++)
        {
            link.Enter(Instant.Zero, Frame, 0);
        }

        Send(link, TimeSpan.FromSeconds(2), FrameTime);
        LinkOutcome[] drops = [.. outcomes.Where(o => o.Effects == LinkEffects.EarlyDrop)];

        // Above the target from the fifth frame on (4.8 ms waited, then 6): an interval later the head goes, not the tail.
        Assert.InRange(drops[0].DecidedAt.SinceOrigin.TotalMilliseconds, 106, 108.4);
        Assert.InRange(drops[0].Waited.TotalMilliseconds, 40, 48);
        double[] gaps = [.. drops.Zip(drops.Skip(1), (a, b) => (b.DecidedAt - a.DecidedAt).TotalMilliseconds)];
        for (int i = 0; i < 5; i++)
        {
            // The next is due interval/sqrt(count) later; it happens at the first departure from then on.
            Assert.InRange(gaps[i], (100 / Math.Sqrt(i + 1)) - 1.2, (100 / Math.Sqrt(i + 1)) + 1.2);
        }
    }

    [Fact]
    public void A_sparse_flow_beside_a_long_one_waits_for_a_frame_and_no_more_under_FQ_CoDel()
    {
        foreach ((string aqm, double worst) in new[] { ("fq_codel", 2.0), ("droptail", 200.0) })
        {
            EmulatedLink<int> link = Link($"rate=10M,aqm={aqm},queue=100p");
            List<LinkOutcome> outcomes = Log(link);
            for (int i = 0; i < 20_000; i++)
            {
                Instant now = new(i * FrameTime.Ticks / 2);
                link.Enter(now, Frame, 0);
                if (i % 37 == 36)
                {
                    link.Enter(now, new byte[100], 1);
                }

                Leave(link, now);
            }

            double[] sparse = [.. outcomes.Where(o => o is { Length: 100, IsDropped: false }).Select(o => (o.DeliverAt - o.EnteredAt).TotalMilliseconds)];
            Assert.InRange(sparse.Max(), worst * 0.5, worst);
            Assert.True(aqm == "droptail" || sparse.Length == 20_000 / 37);
        }
    }

    [Fact]
    public void Flows_of_unequal_datagrams_get_equal_bytes_under_FQ_CoDel()
    {
        EmulatedLink<int> link = Link("rate=10M,aqm=fq_codel");
        long[] bytes = new long[3];
        link.Log = o => bytes[o.Length == 1_472 ? 0 : o.Length == 700 ? 1 : 2] += o.IsDropped ? 0 : o.Length + 28;
        for (int i = 0; i < 60_000; i++)
        {
            Instant now = new(i * 2_000L);
            link.Enter(now, Frame, 0);
            link.Enter(now, new byte[700], 1);
            link.Enter(now, new byte[300], 2);
            Leave(link, now);
        }

        Assert.All(bytes, b => Assert.InRange(b / bytes.Average(), 0.99, 1.01));
    }

    [Fact]
    public void A_full_FQ_CoDel_queue_drops_from_the_longest_flow()
    {
        EmulatedLink<int> link = Link("rate=10M,aqm=fq_codel,queue=100p");
        List<LinkOutcome> outcomes = Log(link);
        for (int i = 0; i < 300; i++)
        {
            link.Enter(Instant.Zero, Frame, 0);
            link.Enter(Instant.Zero, new byte[10], i < 20 ? 1 : 0);
        }

        Assert.Equal(0, outcomes.Count(o => o.IsDropped && o.Ordinal % 2 == 0 && o.Ordinal <= 40));
        Assert.True(link.Statistics.QueueDrops > 100);
        Assert.InRange(link.Model.QueuedDatagrams, 50, 100);
    }

    [Fact]
    public void PIE_lets_a_burst_pass_and_then_holds_the_delay_near_its_target()
    {
        // A source that comes a fifth too fast and does not listen: drops of a sixth are what it takes.
        EmulatedLink<int> link = Link("rate=10M,aqm=pie");
        List<LinkOutcome> outcomes = Log(link);
        Send(link, TimeSpan.FromSeconds(60), TimeSpan.FromTicks(FrameTime.Ticks * 10 / 12));
        Assert.True(outcomes.First(o => o.IsDropped).EnteredAt.SinceOrigin >= TimeSpan.FromMilliseconds(150));
        LinkOutcome[] late = [.. outcomes.Where(o => o.EnteredAt.SinceOrigin > TimeSpan.FromSeconds(30))];
        Assert.InRange(late.Where(o => !o.IsDropped).Average(o => o.Waited.TotalMilliseconds), 13, 17);
        Assert.InRange(late.Count(o => o.IsDropped) / (double)late.Length, 0.155, 0.18);
    }

    [Fact]
    public void RED_drops_by_the_average_length_between_its_thresholds()
    {
        EmulatedLink<int> link = Link("rate=10M,aqm=red");
        List<LinkOutcome> outcomes = Log(link);

        // A burst that the average does not notice passes.
        for (int i = 0; i < 60; i++)
        {
            link.Enter(Instant.Zero, Frame, 0);
        }

        Assert.DoesNotContain(outcomes, o => o.IsDropped);
        Send(link, TimeSpan.FromSeconds(60), TimeSpan.FromTicks(FrameTime.Ticks * 100 / 105));
        LinkOutcome[] late = [.. outcomes.Where(o => o.EnteredAt.SinceOrigin > TimeSpan.FromSeconds(30))];

        // A load of 105 %: a drop of 1/21 is where maxp·(average − 5)/10, with its uniform gaps, balances: between the thresholds.
        Assert.InRange(late.Average(o => o.FoundDatagrams), 5, 15);
        Assert.InRange(late.Count(o => o.IsDropped) / (double)late.Length, 0.043, 0.053);
        Assert.All(late.Where(o => o.IsDropped), o => Assert.Equal(LinkEffects.EarlyDrop, o.Effects));
    }

    [Theory]
    [InlineData(100, 124.0)]
    [InlineData(20, 28.0)]
    [InlineData(5, 10.0)]
    public void Bufferbloat_is_the_queue_over_the_rate_and_the_way(int frames, double milliseconds)
    {
        foreach (string limit in new[] { $"{frames * 1_500}", $"{frames}p" })
        {
            EmulatedLink<int> link = Link($"delay=4ms,rate=10M,queue={limit}");
            List<LinkOutcome> outcomes = Log(link);
            for (int i = 0; i < 40_000; i++)
            {
                Instant now = new(i * 1_000L);
                Leave(link, now);
                link.Enter(now, i % 49 == 48 ? new byte[12] : Frame, 0);
            }

            double[] probes = [.. outcomes.Where(o => o is { Length: 12, IsDropped: false }).Select(o => (o.DeliverAt - o.EnteredAt).TotalMilliseconds).Order()];
            Assert.InRange(probes[^1], milliseconds * 0.98, milliseconds * 1.02);
        }
    }

    [Theory]
    [MemberData(nameof(Disciplines))]
    public void A_change_of_discipline_loses_nothing_that_waits(string aqm)
    {
        EmulatedLink<int> link = Link("rate=10M,queue=50p");
        for (int i = 0; i < 40; i++)
        {
            link.Enter(Instant.Zero, Frame, i % 3);
        }

        Assert.True(LinkDescription.TryParse($"rate=20M,aqm={aqm},queue=50p", out LinkDescription other, out string? error), error);
        link.Model.Change(Instant.FromOrigin(TimeSpan.FromMilliseconds(6)), other.Up);
        Leave(link, Instant.FromOrigin(TimeSpan.FromSeconds(1)));
        Assert.Equal((40, 0), (link.Statistics.Delivered, link.Statistics.Dropped));
    }

    private static List<LinkOutcome> Overload(string aqm, int seconds, EcnCodepoint ecn, out EmulatedLink<int> link)
    {
        link = Link($"rate=10M,delay=3ms,aqm={aqm},queue=200p");
        List<LinkOutcome> outcomes = Log(link);
        Send(link, TimeSpan.FromSeconds(seconds), TimeSpan.FromTicks(FrameTime.Ticks * 9 / 10), ecn);
        Leave(link, Instant.FromOrigin(TimeSpan.FromSeconds(seconds + 60)));
        return outcomes;
    }

    private static void Send(EmulatedLink<int> link, TimeSpan duration, TimeSpan step, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        for (Instant now = Instant.Zero; now.SinceOrigin < duration; now += step)
        {
            link.Enter(now, Frame, (int)(now.Ticks % 5), ecn);
            Leave(link, now);
        }
    }

    private static void Leave(EmulatedLink<int> link, Instant now)
    {
        while (link.NextEvent <= now)
        {
            link.TryDeliver(now, (_, _, _) => { });
        }
    }

    private static List<LinkOutcome> Log(EmulatedLink<int> link)
    {
        var outcomes = new List<LinkOutcome>();
        link.Log = outcomes.Add;
        return outcomes;
    }

    private static EmulatedLink<int> Link(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription description, out string? error), error);
        return new EmulatedLink<int>(new LinkModel(description.Up, 11)) { FlowOf = tag => (uint)tag };
    }
}
