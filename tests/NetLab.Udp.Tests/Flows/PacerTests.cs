using CsCheck;
using NetLab.Udp.Flows;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Flows;

public sealed class PacerTests
{
    [Fact]
    public void Whoever_waits_as_told_keeps_the_rate() =>
        Gen.Select(Gen.Long[10_000, 100_000_000_000], Gen.Int[40, 9000], Gen.Int[1, 64], (rate, size, most) => (rate, size, most)).Sample(t =>
        {
            Instant now = Instant.FromOrigin(TimeSpan.FromSeconds(1));
            var pacer = new Pacer(t.rate, now);
            Instant start = now;
            long bytes = 0;
            for (int i = 0; i < 500; i++)
            {
                now += pacer.UntilBatch(now, t.size, t.most);
                int count = pacer.Allowed(now, t.size, t.most);
                Assert.InRange(count, 1, t.most);
                pacer.Count(now, (long)count * t.size);
                bytes += (long)count * t.size;
            }

            // The next batch's bytes are due when the wait is over: up to there the rate is exact to a tick a wait.
            double seconds = (now + pacer.UntilBatch(now, t.size, 1) - start).TotalSeconds;
            double exact = bytes * 8.0 / t.rate;
            Assert.InRange(seconds, exact - 1e-6, exact + 500e-7 + 1e-6);
        });

    [Fact]
    public void A_short_delay_is_caught_up_and_a_long_one_is_not()
    {
        // A megabit a second: a datagram of 125 bytes each millisecond.
        Instant start = Instant.Zero;
        var pacer = new Pacer(1_000_000, start);
        pacer.Count(start, 125);
        Assert.Equal(TimeSpan.FromMilliseconds(1), pacer.Until(start));
        Assert.Equal(5, pacer.Allowed(start + TimeSpan.FromMilliseconds(5), 125, 100));
        Assert.Equal(11, pacer.Allowed(start + TimeSpan.FromHours(1), 125, 100));
    }

    [Fact]
    public void Fast_flows_leave_in_batches_and_slow_ones_datagram_by_datagram()
    {
        var fast = new Pacer(10_000_000_000, Instant.Zero);
        fast.Count(Instant.Zero, 1400);
        TimeSpan wait = fast.UntilBatch(Instant.Zero, 1400, 46);
        Assert.InRange(wait.TotalMicroseconds, 50, 52);
        Assert.Equal(46, fast.Allowed(Instant.Zero + wait, 1400, 46));
        var slow = new Pacer(1_000_000, Instant.Zero);
        slow.Count(Instant.Zero, 1400);
        Assert.Equal(slow.Until(Instant.Zero), slow.UntilBatch(Instant.Zero, 1400, 46));
    }

    [Fact]
    public void No_rate_is_no_wait()
    {
        var pacer = new Pacer(0, Instant.Zero);
        pacer.Count(Instant.Zero, 1 << 30);
        Assert.Equal(TimeSpan.Zero, pacer.Until(Instant.Zero));
        Assert.Equal(64, pacer.Allowed(Instant.Zero, 1400, 64));
    }
}
