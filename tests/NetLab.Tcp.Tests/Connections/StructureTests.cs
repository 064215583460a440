using CsCheck;
using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>The data structures beside plain ones that do the same slowly.</summary>
public sealed class StructureTests
{
    [Fact]
    [Conformance(10)]
    public void A_range_set_agrees_with_a_set_of_numbers() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 20], Gen.Int[0, 9], (start, length, what) => (start, length, what)).Array[0, 40].Sample(steps =>
        {
            var ranges = new RangeSet();
            var oracle = new SortedSet<long>();
            foreach ((int start, int length, int what) in steps)
            {
                Assert.Equal(oracle.Contains(start - 1) || Enumerable.Range(start, length + 1).Any(n => oracle.Contains(n)), ranges.Touches(start, start + length));
                if (what == 0)
                {
                    ranges.RemoveBefore(start);
                    oracle.RemoveWhere(n => n < start);
                }
                else
                {
                    ranges.Add(start, start + length);
                    oracle.UnionWith(Enumerable.Range(start, length).Select(n => (long)n));
                }

                Assert.Equal(oracle, Enumerable.Range(0, ranges.Count).SelectMany(i => Enumerable.Range((int)ranges[i].Start, (int)(ranges[i].End - ranges[i].Start)).Select(n => (long)n)));
                for (int n = 0; n < 85; n++)
                {
                    Assert.Equal(oracle.Contains(n), ranges.TryFind(n, out long from, out long to));
                    Assert.True(!oracle.Contains(n) || (from <= n && n < to && !oracle.Contains(from - 1) && !oracle.Contains(to)));
                    long change = ranges.NextChange(n, 90, out bool isIn);
                    Assert.Equal(oracle.Contains(n), isIn);
                    Assert.True(change > n && Enumerable.Range(n, (int)(change - n)).All(k => oracle.Contains(k) == isIn) && (change == 90 || oracle.Contains(change) != isIn));
                }
            }
        });

    [Fact]
    [Conformance(11, 12)]
    public void The_ring_of_sent_segments_agrees_with_a_list() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 30], (what, where) => (what, where)).Array[0, 300].Sample(steps =>
        {
            var ring = new SentSegments();
            var oracle = new List<SentSegment>();
            long next = 0;
            long order = 0;
            foreach ((int what, int where) in steps)
            {
                int index = oracle.Count == 0 ? -1 : where % oracle.Count;
                switch (what)
                {
                    case 0 or 1:
                        var segment = new SentSegment { Start = next, End = next += 1 + where, Transmissions = 1, InFlight = true };
                        ring.Append(segment);
                        oracle.Add(segment with { Order = ++order });
                        break;
                    case 2 when index >= 0:
                        ring.RemoveFirst();
                        oracle.RemoveAt(0);
                        break;
                    case 3 when index >= 0:
                        ring.MarkSacked(index);
                        oracle[index] = oracle[index] with { IsSacked = true, IsLost = false, InFlight = false };
                        break;
                    case 4 when index >= 0 && !oracle[index].IsSacked:
                        ring.MarkLost(index, LossCause.Time);
                        oracle[index] = oracle[index] with { IsLost = true, InFlight = false };
                        break;
                    case 5 when oracle.FindIndex(s => s.IsLost) is >= 0 and var lost:
                        ring.MarkRetransmitted(lost, new Instant(order));
                        oracle[lost] = oracle[lost] with { IsLost = false, InFlight = true, SentAt = new Instant(order), Transmissions = oracle[lost].Transmissions + 1, Order = order + 1 };
                        order++;
                        break;
                }

                Assert.Equal(oracle.Count, ring.Count);
                Assert.Equal(oracle, Enumerable.Range(0, ring.Count).Select(i => ring[i]));
                Assert.Equal(oracle.Where(s => s.InFlight).Sum(s => s.Length), ring.InFlight);
                Assert.Equal((oracle.Count(s => s.IsSacked), oracle.Count(s => s.IsLost), oracle.Count(s => s.Transmissions > 1)), (ring.SackedCount, ring.LostCount, ring.RetransmittedCount));
                Assert.Equal(oracle.FindIndex(s => s.IsLost), ring.FirstLost());
                Assert.Equal(oracle.Count(s => s.Start < next / 2), ring.IndexOf(next / 2));
            }
        });

    [Fact]
    [Conformance(125)]
    public void The_cubic_curve_is_concave_up_to_its_plateau_and_convex_beyond()
    {
        // RFC 9438, 4.2: from 70 segments back to 100, K is the cube root of 30/0.4.
        var curve = new CubicCurve(100, 70);
        Assert.Equal(Math.Cbrt(75), curve.TimeToMaximum, 9);
        Assert.Equal(70, curve.At(0), 9);
        Assert.Equal(100, curve.At(curve.TimeToMaximum), 9);
        double before = curve.At(0);
        double slope = double.MaxValue;
        for (double t = 0.1; t < curve.TimeToMaximum; t += 0.1)
        {
            Assert.True(curve.At(t) > before && curve.At(t) - before < slope);
            (before, slope) = (curve.At(t), curve.At(t) - before);
        }

        Assert.True(curve.At(curve.TimeToMaximum + 2) - curve.At(curve.TimeToMaximum + 1) > curve.At(curve.TimeToMaximum + 1) - 100);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(2, false)]
    [InlineData(-10, false)]
    [Conformance(126)]
    public void HyStart_becomes_careful_when_the_round_trip_grows_by_enough_and_not_when_it_falls(int milliseconds, bool careful)
    {
        var start = new HyStart(paced: true);
        Round(start, 20);
        Round(start, 20 + milliseconds);
        Assert.Equal(careful, start.IsConservative);
        Assert.Equal(careful ? 250 : 1000, start.Grow(1000, 1000));
    }

    [Fact]
    [Conformance(126)]
    public void HyStart_ends_slow_start_after_five_careful_rounds_and_takes_jitter_back()
    {
        var start = new HyStart(paced: true);
        Round(start, 20);
        for (int i = 0; i < 5; i++)
        {
            Assert.False(start.IsOver);
            Round(start, 26);
        }

        Round(start, 26);
        Assert.True(start.IsOver);
        var jitter = new HyStart(paced: true);
        Round(jitter, 20);
        Round(jitter, 26);
        Assert.True(jitter.IsConservative);
        Round(jitter, 20);
        Assert.False(jitter.IsConservative);
    }

    [Fact]
    [Conformance(129)]
    public void The_pacer_keeps_a_rate_through_stops_jumps_and_changes_of_it()
    {
        var pacer = new Pacer(1000);
        Instant now = Instant.FromOrigin(TimeSpan.FromHours(1));
        const double Rate = 1_000_000;
        long sent = 0;
        Instant start = now;
        for (int i = 0; i < 1000; i++)
        {
            while (pacer.IsReady(now, Rate))
            {
                pacer.OnSent(now, 1000, Rate);
                sent += 1000;
            }

            Assert.True(pacer.ReadyAt > now);
            now = pacer.ReadyAt;
        }

        Assert.InRange(sent / (now - start).TotalSeconds, 0.99 * Rate, 1.01 * Rate);

        // A clock that jumps back a minute stops it no longer than that, and no rate stops it at all.
        Assert.False(pacer.IsReady(now - TimeSpan.FromMinutes(1), Rate) && pacer.ReadyAt > now + TimeSpan.FromMilliseconds(10));
        Assert.True(pacer.IsReady(now, 0));

        // After an hour's pause, what leaves at once is a quantum and not an hour's worth.
        now += TimeSpan.FromHours(1);
        int burst = 0;
        while (pacer.IsReady(now, Rate))
        {
            pacer.OnSent(now, 1000, Rate);
            burst++;
        }

        Assert.InRange(burst, 1, 3);
    }

    private static void Round(HyStart start, double milliseconds)
    {
        for (int i = 0; i < 10; i++)
        {
            start.OnAcknowledged(new AcknowledgmentSample
            {
                Now = default,
                Acknowledged = 1000,
                Delivered = 1000,
                Lost = 0,
                PriorInFlight = 0,
                InFlight = 0,
                RoundTrip = TimeSpan.FromMilliseconds(milliseconds + (i % 3)),
                Smoothed = null,
                IsRoundStart = i == 0,
                Rate = 0,
                IsApplicationLimited = false,
                InFlightAtSend = 0,
                LostSinceSent = 0,
                WindowWasLimit = true,
                InRecovery = false,
            });
        }
    }
}
