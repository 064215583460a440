using CsCheck;
using NetLab.Udp.Links;
using NetLab.Udp.Links.Lines;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links.Lines;

public sealed class LinkTraceTests
{
    [Fact]
    public void A_saturating_sender_passes_1500_bytes_an_opportunity_over_any_trace() =>
        Gen.Select(Gen.Int[0, 40].Array[1, 60], Gen.Int[29, 5_000], Gen.Int[1, 4]).Sample(
            (steps, size, periods) =>
            {
                long[] moments = new long[steps.Length];
                long at = 0;
                for (int i = 0; i < steps.Length; i++)
                {
                    moments[i] = at += steps[i];
                }

                if (at == 0)
                {
                    return;
                }

                var trace = new OpportunityTrace("t", [.. moments]);
                var link = new EmulatedLink<int>(new LinkModel(new LinkDirection { Trace = trace, Queue = long.MaxValue }, 1));
                byte[] datagram = new byte[size - 28];
                long wanted = 1_500L * periods * moments.Length;
                for (long sent = 0; sent <= wanted + (2 * size); sent += size)
                {
                    link.Enter(Instant.Zero, datagram, 0);
                }

                Instant end = Instant.FromOrigin(TimeSpan.FromMilliseconds(periods * at));
                while (link.NextEvent <= end)
                {
                    link.TryDeliver(end, (_, _, _) => { });
                }

                // Opportunities at the very beginning find nobody yet, in either period's counting.
                long usable = wanted - (1_500L * moments.Count(m => m == 0));
                Assert.InRange(link.Statistics.DeliveredBytes + (28 * link.Statistics.Delivered), usable - size, wanted + size);
            },
            iter: 500);

    [Fact]
    public void What_an_opportunity_leaves_is_lost_when_nothing_waits_and_small_datagrams_share_one()
    {
        var trace = new OpportunityTrace("t", [10, 20]);
        List<LinkOutcome> outcomes = new LinkModel(new LinkDirection { Trace = trace }, 1).PassAll(
            [(At(1), 472), (At(1), 472), (At(1), 472), (At(1), 472), (At(10), 100), (At(12), 1_472), (At(31), 2_972)]);
        Assert.Equal([10, 10, 10, 20, 20, 30, 50], outcomes.Select(o => o.DeliverAt.SinceOrigin.TotalMilliseconds));
    }

    [Fact]
    public void A_trace_repeats_after_its_last_opportunity()
    {
        var trace = new OpportunityTrace("t", [0, 5, 5, 12]);
        List<LinkOutcome> outcomes = new LinkModel(new LinkDirection { Trace = trace }, 1).PassAll(Enumerable.Repeat((At(0), 1_472), 9));
        Assert.Equal([5, 5, 12, 12, 17, 17, 24, 24, 29], outcomes.Select(o => o.DeliverAt.SinceOrigin.TotalMilliseconds));
    }

    [Fact]
    public void Rates_change_under_a_datagram_and_nothing_passes_at_zero()
    {
        Assert.True(LinkTraceFile.TryRead(new StringReader("# s Mbit/s\n0 12\n0.0025, 0\n0.010\t24\n"), "t", out LinkTrace? trace, out string? error), error);
        Assert.Equal(17.5, trace!.Period.TotalMilliseconds);
        List<LinkOutcome> outcomes = new LinkModel(new LinkDirection { Trace = trace }, 1).PassAll(Enumerable.Repeat((At(0), 1_472), 4));

        // A frame takes 1 ms at 12 Mbit/s; of the third, half passes before the silence, and the other at twice the rate.
        Assert.Equal([1, 2, 10.25, 10.75], outcomes.Select(o => Math.Round(o.DeliverAt.SinceOrigin.TotalMilliseconds, 4)));
    }

    [Fact]
    public void A_saturating_sender_gets_the_mean_rate_of_a_trace_of_rates() =>
        Gen.Select(Gen.Double[0, 50].Array[1, 20], Gen.Int[1, 500]).Sample(
            (rates, milliseconds) =>
            {
                if (rates.Average() < 0.5)
                {
                    return;
                }

                var trace = new RateTrace("t", [.. rates.Select((r, i) => new RateStep(TimeSpan.FromMilliseconds(i * milliseconds), r * 1e6))]);
                var link = new EmulatedLink<int>(new LinkModel(new LinkDirection { Trace = trace, Queue = long.MaxValue }, 1));
                for (int i = 0; i < 2_000; i++)
                {
                    link.Enter(Instant.Zero, new byte[1_472], 0);
                }

                double seconds = Math.Floor(2_000 * 12_000 / trace.MeanRate / trace.Period.TotalSeconds) * trace.Period.TotalSeconds;
                Instant end = Instant.FromOrigin(TimeSpan.FromSeconds(seconds));
                while (link.NextEvent <= end)
                {
                    link.TryDeliver(end, (_, _, _) => { });
                }

                Assert.InRange(link.Statistics.Delivered, (trace.MeanRate * seconds / 12_000) - 1.01, (trace.MeanRate * seconds / 12_000) + 0.01);
            },
            iter: 100);

    [Theory]
    [InlineData("1\n2\nthree\n", "line 3: 'three'")]
    [InlineData("1\n\n5\n4\n", "line 4: '4': goes back in time")]
    [InlineData("1\n2 3\n", "line 2: '2 3'")]
    [InlineData("0 1\n1 2\n1 3\n", "line 3: '1': goes back in time")]
    [InlineData("0 1\n1 fast\n", "line 2: 'fast'")]
    [InlineData("5 1\n", "line 1: '5'")]
    [InlineData("0 0\n1 0\n", "less than a bit a second")]
    [InlineData("-1\n", "line 1: '-1'")]
    [InlineData("0\n", "no opportunity later than 0")]
    [InlineData("", "no opportunity later than 0")]
    [InlineData("99999999999999999999\n", "line 1: '99999999999999999999'")]
    public void A_mistake_is_one_line_that_names_line_and_word(string text, string message)
    {
        Assert.False(LinkTraceFile.TryRead(new StringReader(text), "t", out _, out string? error));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    [Fact]
    public void Whatever_bytes_come_there_is_a_trace_or_a_line_about_them() =>
        Gen.String[0, 200].Sample(text =>
        {
            bool read = LinkTraceFile.TryRead(new StringReader(text), "t", out LinkTrace? trace, out string? error);
            Assert.Equal(read, trace is not null);
            Assert.Equal(read, error is null);
        });

    [Fact]
    public void The_slowest_trace_sends_a_datagram_in_few_steps()
    {
        RateStep[] steps = [.. Enumerable.Range(0, 1_000).Select(i => new RateStep(TimeSpan.FromTicks(i), i == 0 ? 1_100 : 0))];
        List<LinkOutcome> outcomes = new LinkModel(new LinkDirection { Trace = new RateTrace("t", [.. steps]) }, 1).PassAll([(At(0), 65_507)]);
        Assert.InRange(outcomes[0].DeliverAt.SinceOrigin.TotalSeconds, 476_000, 477_000);
    }

    private static Instant At(double milliseconds) => Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));
}
