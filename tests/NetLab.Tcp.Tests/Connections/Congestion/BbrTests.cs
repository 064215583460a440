using NetLab.Tcp.Connections.Congestion.Bbr;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>BBR's phases: which follows which, and why.</summary>
public sealed class BbrTests
{
    private const double Rate = 1_000_000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);
    private static readonly Instant Start = Instant.FromOrigin(TimeSpan.FromSeconds(10));

    [Fact]
    public void A_pipe_is_full_when_three_rounds_bring_less_than_a_quarter_more()
    {
        var pipe = default(FullPipe);
        foreach ((double rate, bool isFull) in new[] { (100.0, false), (130, false), (140, false), (150, false), (160, true) })
        {
            pipe.Update(Samples.Of(Start, 1, rate, isRoundStart: true));
            Assert.Equal(isFull, pipe.IsFullNow);
        }

        pipe.Restart(1);
        Assert.Equal((false, true), (pipe.IsFullNow, pipe.WasReached));
    }

    [Fact]
    public void Acknowledgments_within_a_round_and_a_growing_rate_fill_nothing()
    {
        var pipe = default(FullPipe);
        for (int i = 0; i < 100; i++)
        {
            pipe.Update(Samples.Of(Start, 1, 100, isRoundStart: false));
        }

        double rate = 100;
        for (int i = 0; i < 20; i++)
        {
            pipe.Update(Samples.Of(Start, 1, rate *= 1.25, isRoundStart: true));
        }

        Assert.False(pipe.WasReached);
    }

    /// <summary>On a path of one bandwidth and one round trip: startup, drain, and the cycle, with a probe of the round trip each five seconds.</summary>
    [Fact]
    public void Phases_follow_one_another_as_in_the_draft()
    {
        var bbr = new BbrControl(1_000, 1);
        var visited = new List<BbrPhase> { bbr.Phase };
        Instant now = Start;
        long pipe = (long)(Rate * RoundTrip.TotalSeconds);
        for (int round = 0; round < 200; round++)
        {
            now += RoundTrip;
            long inFlight = Math.Min(bbr.Window, visited[^1] == BbrPhase.Startup ? 3 * pipe : pipe);

            // A round trip that only grows confirms no earlier one, so that it has to be probed.
            TimeSpan roundTrip = RoundTrip + TimeSpan.FromMilliseconds(round / 10.0);
            bbr.OnAcknowledged(Samples.Of(now, Math.Min(bbr.Window, pipe), Math.Min(Rate, bbr.Window / RoundTrip.TotalSeconds), inFlight, isRoundStart: true, roundTrip));
            if (bbr.Phase != visited[^1])
            {
                visited.Add(bbr.Phase);
            }
        }

        (BbrPhase From, BbrPhase To)[] allowed =
        [
            (BbrPhase.Startup, BbrPhase.Drain), (BbrPhase.Startup, BbrPhase.Down), (BbrPhase.Startup, BbrPhase.Cruise), (BbrPhase.Drain, BbrPhase.Down),
            (BbrPhase.Drain, BbrPhase.Cruise), (BbrPhase.Down, BbrPhase.Cruise), (BbrPhase.Down, BbrPhase.Refill), (BbrPhase.Cruise, BbrPhase.Refill),
            (BbrPhase.Refill, BbrPhase.Up), (BbrPhase.Up, BbrPhase.Down), (BbrPhase.ProbeRoundTrip, BbrPhase.Cruise),
        ];
        for (int i = 1; i < visited.Count; i++)
        {
            Assert.True(visited[i] == BbrPhase.ProbeRoundTrip || allowed.Contains((visited[i - 1], visited[i])), string.Join(' ', visited));
        }

        Assert.Equal(Enum.GetValues<BbrPhase>().Where(p => p is not BbrPhase.Drain and not BbrPhase.Down).Order(), visited.Where(p => p is not BbrPhase.Drain and not BbrPhase.Down).Distinct().Order());
        Assert.Equal(1, visited.Count(p => p == BbrPhase.Startup));
        Assert.InRange(visited.Count(p => p == BbrPhase.ProbeRoundTrip), 2, 4);
        Assert.InRange(bbr.Model.Bandwidth, 0.9 * Rate, Rate);
    }

    [Fact]
    public void The_round_trip_is_probed_for_a_round_and_a_while_with_half_of_the_pipe()
    {
        var model = new BbrModel(1_000);
        model.Update(Samples.Of(Start, 100_000, Rate, 100_000, isRoundStart: true, RoundTrip), 100_000, isProbing: true);
        model.UpdateRoundTrip(Samples.Of(Start, 100_000, Rate, 100_000, isRoundStart: true, RoundTrip));
        var probe = new ProbeRoundTrip(model);
        probe.Start();
        Assert.Equal(50_000, probe.Window);
        Assert.False(probe.IsOver(Samples.Of(Start, 1, inFlight: 60_000, isRoundStart: true)));
        Assert.False(probe.IsOver(Samples.Of(Start, 1, inFlight: 50_000, isRoundStart: true)));
        Assert.False(probe.IsOver(Samples.Of(Start + TimeSpan.FromMilliseconds(201), 1, inFlight: 50_000)));
        probe.Start();
        Assert.False(probe.IsOver(Samples.Of(Start, 1, inFlight: 50_000)));
        Assert.False(probe.IsOver(Samples.Of(Start + TimeSpan.FromMilliseconds(200), 1, inFlight: 50_000, isRoundStart: true)));
        Assert.True(probe.IsOver(Samples.Of(Start + TimeSpan.FromMilliseconds(202), 1, inFlight: 50_000)));
    }
}
