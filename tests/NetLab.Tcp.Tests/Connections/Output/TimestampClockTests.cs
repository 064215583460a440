using CsCheck;
using NetLab.Tcp.Connections.Output;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Output;

public sealed class TimestampClockTests
{
    /// <summary>Also where the clock goes round between the two.</summary>
    [Fact]
    public void A_timestamp_tells_its_age_to_the_millisecond_wherever_the_clock_stands() =>
        Gen.Select(Gen.UInt, Gen.Long[0, 1L << 44], Gen.Int[0, 599_999]).Sample(t =>
        {
            (uint offset, long sentAt, int age) = t;
            var clock = new TimestampClock(offset);
            Instant sent = new(sentAt / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
            Assert.Equal(TimeSpan.FromMilliseconds(Math.Max(1, age)), clock.AgeOf(sent + TimeSpan.FromMilliseconds(age), clock.At(sent)));
        });

    [Fact]
    public void What_was_never_sent_has_no_age()
    {
        var clock = new TimestampClock(5);
        Instant now = Instant.FromOrigin(TimeSpan.FromHours(1));
        Assert.Null(clock.AgeOf(now, clock.At(now) + 1));
        Assert.Null(clock.AgeOf(now, clock.At(now) - 600_000));
    }
}
