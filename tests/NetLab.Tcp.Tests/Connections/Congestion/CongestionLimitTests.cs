using NetLab.Tcp.Connections.Congestion;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

public sealed class CongestionLimitTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);
    private static readonly Instant Start = Instant.FromOrigin(TimeSpan.FromSeconds(10));

    /// <summary>Pacing spreads the window over the round trip and must never be what keeps it from being filled.</summary>
    [Fact]
    public void The_pace_exceeds_the_window_over_the_round_trip()
    {
        CongestionLimit limit = Create(isPaced: true);
        double perRoundTrip = limit.Algorithm.Window / RoundTrip.TotalSeconds;
        Assert.Equal(2.0 * perRoundTrip, limit.RateAt(RoundTrip), 1e-6);
        limit.Algorithm.OnLoss(Start, limit.Algorithm.Window);
        limit.Algorithm.OnRecovered(Start);
        Assert.False(limit.IsSlowStart);
        Assert.Equal(1.2 * limit.Algorithm.Window / RoundTrip.TotalSeconds, limit.RateAt(RoundTrip), 1e-6);
        Assert.Equal((0, 0), (limit.RateAt(null), Create(isPaced: false).RateAt(RoundTrip)));
    }

    [Fact]
    public void A_window_that_was_not_used_for_longer_than_a_timeout_is_begun_anew_once()
    {
        CongestionLimit limit = Create(isPaced: false);
        long initial = limit.Algorithm.Window;
        limit.Algorithm.OnAcknowledged(Samples.Of(Start, initial));
        long grown = limit.Algorithm.Window;
        Assert.True(grown > initial);
        limit.OnSent(Start, 1_000, RoundTrip);
        limit.OnStart(Start + RoundTrip, RoundTrip);
        Assert.Equal(grown, limit.Algorithm.Window);
        limit.OnStart(Start + (3 * RoundTrip), RoundTrip);
        Assert.Equal(initial, limit.Algorithm.Window);
    }

    [Fact]
    public void The_agreed_segment_size_begins_anew()
    {
        CongestionLimit limit = Create(isPaced: true);
        limit.Restart(100);
        Assert.Equal(InitialWindow.For(100), limit.Algorithm.Window);
    }

    private static CongestionLimit Create(bool isPaced) => new(size => new NewReno(size), isPaced, 1_000);
}
