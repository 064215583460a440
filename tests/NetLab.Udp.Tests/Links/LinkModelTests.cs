using CsCheck;
using NetLab.Udp.Links;
using NetLab.Udp.Links.Queues;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links;

public sealed class LinkModelTests
{
    private const int Count = 100_000;

    private static readonly byte[] Datagram = new byte[100];

    [Fact]
    public void The_same_seed_gives_the_same_fate_to_the_same_datagrams_whatever_the_clock_did()
    {
        var direction = new LinkDirection { Loss = 0.1, Duplicate = 0.1, Reorder = 0.1, Corrupt = 0.1 };
        var quick = new LinkModel(direction, 5);
        var slow = new LinkModel(direction, 5);
        for (int i = 0; i < 10_000; i++)
        {
            LinkOutcome a = quick.Pass(At(i), Datagram);
            LinkOutcome b = slow.Pass(At(i * 977L), Datagram);
            Assert.Equal((a.Effects, a.CorruptedBit), (b.Effects, b.CorruptedBit));
        }
    }

    [Fact]
    public void A_long_queue_marks_whoever_understands_and_a_link_that_bleaches_clears_the_field()
    {
        // 10 Mbit/s: a datagram of 100 bytes and 28 of header takes 102.4 us; the eleventh finds more than 1,000 bytes waiting.
        var direction = new LinkDirection { Rate = 10_000_000, Queue = 10_000, Discipline = new DropTailSettings { Mark = 1_000 } };
        foreach (EcnCodepoint ecn in Enum.GetValues<EcnCodepoint>())
        {
            LinkOutcome[] outcomes = [.. new LinkModel(direction, 1).PassAll(Enumerable.Repeat((Instant.Zero, Datagram.Length), 20), ecn)];
            int firstLong = (1_000 / 128) + 1;
            Assert.All(outcomes[..firstLong], o => Assert.Equal((LinkEffects.None, ecn), (o.Effects, o.Ecn)));
            Assert.All(outcomes[firstLong..], o => Assert.Equal(
                ecn == EcnCodepoint.NotEct ? (LinkEffects.None, ecn) : (LinkEffects.Marked, EcnCodepoint.Ce), (o.Effects, o.Ecn)));
            Assert.Equal(EcnCodepoint.NotEct, new LinkModel(direction with { Bleaches = true }, 1).PassAll([(Instant.Zero, 100)], ecn)[0].Ecn);
        }
    }

    [Fact]
    public void What_is_larger_than_the_link_carries_is_dropped_with_its_headers_counted()
    {
        var model = new LinkModel(new LinkDirection { Mtu = 1_000 }, 1);
        Assert.Equal(LinkEffects.None, model.Pass(Instant.Zero, new byte[972]).Effects);
        LinkOutcome outcome = model.Pass(Instant.Zero, new byte[973]);
        Assert.Equal((LinkEffects.TooLarge, true), (outcome.Effects, outcome.IsDropped));
    }

    [Fact]
    public void One_impairment_does_not_change_the_fate_another_gives()
    {
        var alone = new LinkModel(new LinkDirection { Loss = 0.2 }, 5);
        var together = new LinkModel(new LinkDirection { Loss = 0.2, Duplicate = 0.5, Corrupt = 0.5, Jitter = TimeSpan.FromMilliseconds(1) }, 5);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(alone.Pass(At(i), Datagram).IsDropped, together.Pass(At(i), Datagram).IsDropped);
        }
    }

    [Theory]
    [InlineData(0.02, 1)]
    [InlineData(0.3, 1)]
    [InlineData(0.02, 4)]
    [InlineData(0.3, 8)]
    [InlineData(1, 1)]
    public void Losses_come_in_the_share_and_the_runs_asked_for(double loss, double burst)
    {
        var model = new LinkModel(new LinkDirection { Loss = loss, Burst = burst }, 42);
        (int lost, int runs) = (0, 0);
        bool before = false;
        for (int i = 0; i < Count; i++)
        {
            bool dropped = model.Pass(At(i), Datagram).IsDropped;
            lost += dropped ? 1 : 0;
            runs += dropped && !before ? 1 : 0;
            before = dropped;
        }

        // A chain's losses are correlated: their variance is that of independent ones times about 2·burst.
        double deviation = Math.Sqrt(Count * loss * (1 - loss) * (burst > 1 ? 2 * burst : 1));
        Assert.InRange(lost, (Count * loss) - (4 * deviation), (Count * loss) + (4 * deviation));
        if (burst > 1)
        {
            Assert.InRange((double)lost / runs, burst * 0.9, burst * 1.1);
        }
    }

    [Theory]
    [InlineData(LinkEffects.Duplicated)]
    [InlineData(LinkEffects.HeldBack)]
    [InlineData(LinkEffects.Corrupted)]
    public void Shares_lie_within_four_standard_deviations(LinkEffects effect)
    {
        const double Share = 0.03;
        var model = new LinkModel(new LinkDirection { Duplicate = Share, Reorder = Share, Corrupt = Share }, 9);
        int hits = Enumerable.Range(0, Count).Count(i => (model.Pass(At(i), Datagram).Effects & effect) != 0);
        double deviation = Math.Sqrt(Count * Share * (1 - Share));
        Assert.InRange(hits, (Count * Share) - (4 * deviation), (Count * Share) + (4 * deviation));
    }

    [Fact]
    public void Without_reordering_the_order_is_kept_however_large_the_jitter()
    {
        var model = new LinkModel(new LinkDirection { Delay = TimeSpan.FromMilliseconds(5), Jitter = TimeSpan.FromMilliseconds(50) }, 3);
        Instant before = Instant.Zero;
        for (int i = 0; i < 10_000; i++)
        {
            Instant deliverAt = model.Pass(At(i), Datagram).DeliverAt;
            Assert.True(deliverAt >= before);
            Assert.InRange((deliverAt - At(i)).TotalMilliseconds, 5, 55.0001);
            before = deliverAt;
        }
    }

    [Fact]
    public void A_rate_spaces_datagrams_and_its_queue_drops_the_tail()
    {
        // 128 bytes with headers at 1.024 Mbit/s are a millisecond each.
        var model = new LinkModel(new LinkDirection { Rate = 1_024_000, Queue = 1280 }, 1);
        Instant oneLater = Instant.FromOrigin(TimeSpan.FromMilliseconds(1));
        List<LinkOutcome> outcomes = model.PassAll([.. Enumerable.Repeat((Instant.Zero, 100), 15), (oneLater, 100), (oneLater, 100)]);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i + 1, outcomes[i].DeliverAt.SinceOrigin.TotalMilliseconds, 3);
        }

        Assert.All(outcomes[10..15], o => Assert.Equal(LinkEffects.QueueDrop, o.Effects));
        Assert.Equal((11, LinkEffects.QueueDrop), (outcomes[15].DeliverAt.SinceOrigin.TotalMilliseconds, outcomes[16].Effects));
    }

    [Fact]
    public void An_idle_line_takes_a_datagram_larger_than_its_queue() =>
        Assert.False(new LinkModel(new LinkDirection { Rate = 1000, Queue = 10 }, 1).PassAll([(Instant.Zero, 100)])[0].IsDropped);

    [Fact]
    public void Scripted_drops_take_exactly_the_ones_named_once_each()
    {
        var direction = new LinkDirection { Drops = [new ScriptedDrop("A", 2), new ScriptedDrop("B", 1)] };
        var model = new LinkModel(direction, 1, (kind, datagram) => datagram[0] == kind[0]);
        string dropped = "";
        foreach (char c in "ABABAB")
        {
            dropped += model.Pass(Instant.Zero, [(byte)c]).IsDropped ? char.ToLowerInvariant(c) : c;
        }

        Assert.Equal("AbaBAB", dropped);
        Assert.Throws<ArgumentException>(() => new LinkModel(direction, 1));
    }

    [Fact]
    public void What_the_link_counts_is_what_came_out() =>
        Gen.Select(Gen.Double[0, 0.5], Gen.Double[0, 0.5], Gen.Double[0, 0.5], Gen.ULong, (l, d, r, seed) => (l, d, r, seed)).Sample(
            t =>
            {
                var direction = new LinkDirection { Loss = t.l, Duplicate = t.d, Reorder = t.r };
                var link = new EmulatedLink<int>(new LinkModel(direction, t.seed));
                var outcomes = new List<LinkOutcome>();
                link.Log = outcomes.Add;
                for (int i = 0; i < 500; i++)
                {
                    link.Enter(Instant.FromOrigin(TimeSpan.FromMicroseconds(100 * i)), Datagram, i);
                }

                var seen = new HashSet<int>();
                (int duplicates, int reordered, int highest, int delivered) = (0, 0, -1, 0);
                while (link.TryDeliver(Instant.Never - TimeSpan.FromTicks(1), (_, i, _) =>
                {
                    delivered++;
                    bool first = seen.Add(i);
                    duplicates += first ? 0 : 1;
                    reordered += first && i < highest ? 1 : 0;
                    highest = Math.Max(highest, i);
                }))
                {
                }

                Assert.Equal(500 - outcomes.Count(o => o.IsDropped), seen.Count);
                Assert.Equal(link.Statistics.Lost, 500 - seen.Count);
                Assert.Equal(link.Statistics.Duplicated, duplicates);
                Assert.Equal(link.Statistics.Reordered, reordered);
                Assert.Equal(link.Statistics.Delivered, delivered);
                Assert.Equal(0, link.BytesOnLink);
            },
            iter: 200);

    [Fact]
    public void A_corrupted_datagram_differs_in_one_bit()
    {
        var link = new EmulatedLink<int>(new LinkModel(new LinkDirection { Corrupt = 1 }, 4));
        link.Enter(Instant.Zero, Datagram, 0);
        int bits = 0;
        link.TryDeliver(Instant.Zero, (bytes, _, _) =>
        {
            foreach (byte b in bytes)
            {
                bits += System.Numerics.BitOperations.PopCount(b);
            }
        });
        Assert.Equal(1, bits);
    }

    [Fact]
    public void Datagrams_leave_by_time_and_then_in_the_order_they_came() =>
        Gen.Select(Gen.Double[0, 0.5], Gen.Double[0, 0.5], Gen.Int[0, 5000], Gen.Bool, Gen.ULong).Sample(
            (duplicate, reorder, jitter, jitterReorders, seed) =>
            {
                var direction = new LinkDirection { Duplicate = duplicate, Reorder = reorder, Jitter = TimeSpan.FromMicroseconds(jitter), JitterReorders = jitterReorders };
                var link = new EmulatedLink<int>(new LinkModel(direction, seed));
                var expected = new List<(Instant At, int Order)>();
                link.Log = outcome =>
                {
                    for (int copy = 0; copy < (outcome.IsDuplicated ? 2 : 1); copy++)
                    {
                        expected.Add((outcome.DeliverAt, (int)outcome.Ordinal));
                    }
                };
                var left = new List<(Instant At, int Order)>();
                for (int i = 1; i <= 200; i++)
                {
                    Instant now = Instant.FromOrigin(TimeSpan.FromMicroseconds(300 * i));
                    link.Enter(now, Datagram, i);
                    Leave(now);
                }

                Leave(Instant.Never - TimeSpan.FromTicks(1));
                Assert.Equal(expected.OrderBy(e => e.At).ThenBy(e => e.Order), left);

                void Leave(Instant now)
                {
                    int order = 0;
                    while (link.TryDeliver(now, (_, ordinal, _) => order = ordinal, out Instant due))
                    {
                        left.Add((due, order));
                    }
                }
            },
            iter: 200);

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(100_000_000)]
    [InlineData(10_000_000_000)]
    [InlineData(100_000_000_000)]
    public void A_rate_is_exact_over_many_datagrams_and_never_exceeded(long rate)
    {
        var model = new LinkModel(new LinkDirection { Rate = rate, Queue = long.MaxValue }, 1);
        foreach (LinkOutcome outcome in model.PassAll(Enumerable.Repeat((Instant.Zero, Datagram.Length), 10_000)))
        {
            double exact = outcome.Ordinal * 8.0 * (Datagram.Length + 28) * TimeSpan.TicksPerSecond / rate;
            Assert.InRange(outcome.DeliverAt.Ticks, exact - 0.001, exact + 1.001);
        }
    }

    [Fact]
    public void What_is_counted_apart_is_in_no_other_count_and_overtakes_nobody()
    {
        var link = new EmulatedLink<int>(new LinkModel(new LinkDirection { Reorder = 1, Delay = TimeSpan.FromMilliseconds(10) }, 1)) { IsAside = d => d[0] == 1 };
        link.Enter(Instant.Zero, [0], 0);
        link.Model.Change(Instant.Zero, new LinkDirection());
        link.Enter(Instant.Zero, [1], 1);
        string order = "";
        while (link.TryDeliver(Instant.Never - TimeSpan.FromTicks(1), (_, i, _) => order += i))
        {
        }

        Assert.Equal("10", order);
        Assert.Equal((1, 1, 0), (link.Statistics.Entered, link.Aside.Entered, link.Statistics.Reordered));
    }

    [Fact]
    public void However_a_link_has_changed_a_clear_one_passes_all_again()
    {
        string[] links =
        [
            "delay=1ms", "delay=5ms,loss=2%", "delay=2ms,jitter=1ms,reorder=3%", "delay=1ms,loss=3%,burst=3", "delay=2ms,duplicate=2%,corrupt=1%",
            "delay=1ms,rate=20M,queue=64K", "loss=100%", "delay=1ms,rate=50M,aqm=fq_codel", "rate=10M,aqm=pie,queue=50p", "rate=5M,aqm=red", "jitter=20ms", "outage=100ms/1s",
        ];
        for (int seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var link = new EmulatedLink<int>(new LinkModel(new LinkDirection(), (ulong)seed, null, 0)) { FlowOf = static tag => (uint)tag % 5 };
            long now = 0;
            for (int change = 0; change < 30; change++)
            {
                bool isLast = change == 29;
                string text = isLast ? "delay=1ms" : links[random.Next(links.Length)];
                Assert.True(LinkDescription.TryParse(text, out LinkDescription next, out string? error), error);
                link.Model.Change(Instant.FromOrigin(TimeSpan.FromMicroseconds(now)), next.Up);

                // What the link before holds may take its time.
                (long pass, long kept) = (0, link.Statistics.Delivered + link.Statistics.Dropped);
                for (long until = now + (isLast ? 20_000_000 : random.Next(200_000, 2_000_000)); now < until; now += random.Next(50, 2000))
                {
                    if (!isLast || now < until - 10_000_000)
                    {
                        link.Enter(Instant.FromOrigin(TimeSpan.FromMicroseconds(now)), new byte[random.Next(10) == 0 ? 20_000 : random.Next(52, 1500)], random.Next(5));
                    }

                    while (link.TryDeliver(Instant.FromOrigin(TimeSpan.FromMicroseconds(now)), static (_, _, _) => { }))
                    {
                        pass++;
                    }
                }

                Assert.True(!isLast || (pass > 0 && link.BytesOnLink == 0), $"seed {seed}: {pass} passed, {link.BytesOnLink} bytes stay; {kept} before");
            }
        }
    }

    private static Instant At(long milliseconds) => Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));
}
