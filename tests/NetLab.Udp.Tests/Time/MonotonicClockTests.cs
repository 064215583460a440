using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Time;

public class MonotonicClockTests
{
    [Fact]
    public void How_long_to_wait_is_never_less_than_nothing_and_for_ever_only_for_never()
    {
        var time = new StoppedTime();
        var clock = new MonotonicClock(time);
        time.Ticks = 1_000;

        Assert.Equal(TimeSpan.FromTicks(500), clock.Until(clock.Now + TimeSpan.FromTicks(500)));
        Assert.Equal(TimeSpan.Zero, clock.Until(clock.Now));
        Assert.Equal(TimeSpan.Zero, clock.Until(clock.Now - TimeSpan.FromTicks(500)));
        Assert.Equal(Timeout.InfiniteTimeSpan, clock.Until(Instant.Never));
    }

    // Goes on when it is told to.
    private sealed class StoppedTime : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
