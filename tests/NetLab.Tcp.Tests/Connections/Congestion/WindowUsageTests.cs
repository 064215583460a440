using NetLab.Tcp.Connections.Congestion;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>A window that was used whole counts as used for the round whose acknowledgments come in, and no longer (RFC 7661, 4.1).</summary>
public sealed class WindowUsageTests
{
    [Fact]
    public void A_full_window_stays_used_until_its_round_is_acknowledged()
    {
        var usage = default(WindowUsage);
        usage.Note(0, 10_000, 10_000, isFull: true);
        usage.Note(5_000, 10_000, 5_000, isFull: false);
        Assert.True(usage.WasLimit(10_000, isSlowStart: false));
        usage.Note(10_000, 10_100, 100, isFull: false);
        Assert.False(usage.WasLimit(10_000, isSlowStart: false));
    }

    [Theory]
    [InlineData(5_001, true, true)]
    [InlineData(5_000, true, false)]
    [InlineData(9_999, false, false)]
    public void In_slow_start_more_than_half_is_enough(long flight, bool isSlowStart, bool wasLimit)
    {
        var usage = default(WindowUsage);
        usage.Note(0, flight, flight, isFull: false);
        Assert.Equal(wasLimit, usage.WasLimit(10_000, isSlowStart));
    }

    [Fact]
    public void The_largest_flight_of_a_round_counts()
    {
        var usage = default(WindowUsage);
        usage.Note(0, 10_000, 2_000, isFull: false);
        usage.Note(1_000, 10_000, 8_000, isFull: false);
        usage.Note(2_000, 10_000, 1_000, isFull: false);
        Assert.True(usage.WasLimit(10_000, isSlowStart: true));
    }
}
