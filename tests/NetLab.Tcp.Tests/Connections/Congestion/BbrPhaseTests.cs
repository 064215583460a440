using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Congestion.Bbr;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>Each of BBR's phases by itself: what it does, and what ends it (draft-ietf-ccwg-bbr-02, 5.3).</summary>
public sealed class BbrPhaseTests
{
    private const int Size = 1_000;
    private const double Rate = 1_000_000;
    private const long Pipe = 100_000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);
    private static readonly Instant Start = Instant.FromOrigin(TimeSpan.FromSeconds(10));

    /// <summary>Faster than the path while looking for more, slower while a queue has to go, as fast otherwise.</summary>
    [Theory]
    [InlineData("Startup", 1)]
    [InlineData("Drain", -1)]
    [InlineData("Down", -1)]
    [InlineData("Cruise", 0)]
    [InlineData("Refill", 0)]
    [InlineData("Up", 1)]
    public void The_pace_of_a_phase_fits_what_it_is_for(string phase, int sign) =>
        Assert.Equal(sign, Math.Sign(BbrGains.Of(Enum.Parse<BbrPhase>(phase)).Pacing - 1));

    [Fact]
    public void What_startup_has_queued_is_drained_before_anything_else()
    {
        var bbr = new BbrControl(Size, 1);
        Instant now = Start;
        while (bbr.Phase == BbrPhase.Startup)
        {
            bbr.OnAcknowledged(Samples.Of(now += RoundTrip, Pipe, Rate, 3 * Pipe, isRoundStart: true, RoundTrip));
        }

        Assert.Equal(BbrPhase.Drain, bbr.Phase);
        bbr.OnAcknowledged(Samples.Of(now += RoundTrip, Pipe, Rate, 2 * Pipe, isRoundStart: true, RoundTrip));
        Assert.Equal(BbrPhase.Drain, bbr.Phase);
        bbr.OnAcknowledged(Samples.Of(now + RoundTrip, Pipe, Rate, Pipe / 2, isRoundStart: true, RoundTrip));
        Assert.NotEqual(BbrPhase.Drain, bbr.Phase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Losses_in_many_rounds_end_a_startup_whose_rate_still_grows(bool loses)
    {
        var bbr = new BbrControl(Size, 1);
        Instant now = Start;
        double rate = Rate;
        for (int round = 0; round < 8; round++)
        {
            bbr.OnAcknowledged(Samples.Of(now += RoundTrip, Pipe, rate *= 1.3, Pipe, isRoundStart: true, RoundTrip) with { Lost = loses ? Pipe : 0 });
        }

        Assert.Equal(loses, bbr.Phase != BbrPhase.Startup);
        Assert.Equal(loses, bbr.Model.LongTermInFlight < long.MaxValue);
    }

    /// <summary>Between probes others are given room: less is in flight than the path was seen to bear.</summary>
    [Fact]
    public void Cruising_leaves_headroom()
    {
        var bbr = new BbrControl(Size, 1);
        Instant now = Start;
        double rate = Rate;
        while (bbr.Phase == BbrPhase.Startup)
        {
            bbr.OnAcknowledged(Samples.Of(now += RoundTrip, Pipe, rate *= 1.3, Pipe, isRoundStart: true, RoundTrip) with { Lost = Pipe });
        }

        for (int round = 0; round < 10; round++)
        {
            bbr.OnAcknowledged(Samples.Of(now += RoundTrip, 5 * Pipe, rate, Size, isRoundStart: true, RoundTrip) with { InFlightAtSend = Size });
        }

        Assert.Equal(BbrPhase.Cruise, bbr.Phase);
        Assert.InRange(bbr.Model.InFlightWithHeadroom, bbr.Model.MinWindow, bbr.Model.LongTermInFlight - Size);
        Assert.InRange(bbr.Window, bbr.Model.MinWindow, bbr.Model.InFlightWithHeadroom);
    }

    [Fact]
    public void A_timeout_leaves_one_segment_until_it_is_over()
    {
        var bbr = new BbrControl(Size, 1);
        bbr.OnAcknowledged(Samples.Of(Start, Pipe, Rate, Pipe, isRoundStart: true, RoundTrip));
        long before = bbr.Window;
        bbr.OnTimeout(Start, before, repeated: false);
        Assert.Equal(Size, bbr.Window);
        bbr.OnRecovered(Start);
        Assert.Equal(before, bbr.Window);
    }

    [Fact]
    public void A_probe_ends_with_too_much_loss()
    {
        (ProbeBandwidth probe, _, FullPipe pipe) = Known();
        AcknowledgmentSample clean = Samples.Of(Start + RoundTrip, Pipe, Rate, Pipe, isRoundStart: true, RoundTrip) with { WindowWasLimit = false };
        Assert.Equal(BbrPhase.Up, probe.Next(BbrPhase.Refill, Start, clean, Pipe, Size, ref pipe));
        Assert.Equal(BbrPhase.Up, probe.Next(BbrPhase.Up, Start, clean, Pipe, Size, ref pipe));
        Assert.Equal(BbrPhase.Down, probe.Next(BbrPhase.Up, Start, clean with { LostSinceSent = Pipe }, Pipe, Size, ref pipe));
    }

    [Fact]
    public void A_probe_ends_when_more_brings_no_more()
    {
        (ProbeBandwidth probe, _, FullPipe pipe) = Known();
        AcknowledgmentSample flat = Samples.Of(Start + RoundTrip, Pipe, Rate, Pipe, isRoundStart: true, RoundTrip) with { WindowWasLimit = false };
        pipe.Restart(Rate);
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(BbrPhase.Up, probe.Next(BbrPhase.Up, Start, flat, Pipe, Size, ref pipe));
            pipe.Update(flat);
        }

        Assert.Equal(BbrPhase.Down, probe.Next(BbrPhase.Up, Start, flat, Pipe, Size, ref pipe));
    }

    /// <summary>By the clock, or after as many rounds as Reno would need, 63 at most (5.3.3.6).</summary>
    [Theory]
    [InlineData(61, 1.9, false)]
    [InlineData(63, 1.9, true)]
    [InlineData(10, 3.1, true)]
    public void It_is_time_to_probe_after_seconds_or_rounds(int rounds, double seconds, bool isTime)
    {
        (ProbeBandwidth probe, _, FullPipe pipe) = Known();
        probe.StartDown(Start);
        AcknowledgmentSample sample = Samples.Of(Start + TimeSpan.FromSeconds(seconds), Pipe, Rate, Pipe, isRoundStart: true, RoundTrip);
        for (int i = 0; i < rounds; i++)
        {
            probe.OnAcknowledged(sample);
        }

        Assert.Equal(isTime ? BbrPhase.Refill : BbrPhase.Cruise, probe.Next(BbrPhase.Cruise, Start, sample, Pipe, Size, ref pipe));
    }

    // A path whose bandwidth and round trip are known.
    private static (ProbeBandwidth Probe, BbrModel Model, FullPipe Pipe) Known()
    {
        var model = new BbrModel(Size);
        AcknowledgmentSample sample = Samples.Of(Start, Pipe, Rate, Pipe, isRoundStart: true, RoundTrip);
        model.Update(sample, Pipe, isProbing: true);
        model.UpdateRoundTrip(sample);
        return (new ProbeBandwidth(model, 1), model, default);
    }
}
