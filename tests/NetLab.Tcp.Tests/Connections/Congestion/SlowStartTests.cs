using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>How the window opens: slow start, HyStart++ and what comes after a timeout.</summary>
public sealed class SlowStartTests
{
    private const int Size = 1000;

    [Theory]
    [InlineData(CongestionAlgorithm.Cubic)]
    [InlineData(CongestionAlgorithm.NewReno)]
    [Conformance(121)]
    public void A_window_that_was_written_at_once_and_acknowledged_doubles(CongestionAlgorithm algorithm)
    {
        // RFC 5681, 3.1, and RFC 7661: the window was used whole, whichever of its segments an acknowledgment is of.
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, Congestion = algorithm }, sack: false);
        script.Write(new byte[10_000]);
        script.Advance(EstablishedConnection.RoundTrip);
        for (long acknowledged = 2001; acknowledged <= 10_001; acknowledged += 2000)
        {
            script.Inject(Say.Ack(1, acknowledged));
        }

        Assert.Equal(20, script.WindowInSegments());
    }

    [Theory]
    [InlineData(CongestionAlgorithm.Cubic)]
    [InlineData(CongestionAlgorithm.NewReno)]
    [Conformance(123)]
    public void A_window_of_which_less_than_half_was_used_stays(CongestionAlgorithm algorithm)
    {
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, Congestion = algorithm }, sack: false);
        for (long i = 0; i < 20; i++)
        {
            script.Write(new byte[4000]);
            script.Advance(EstablishedConnection.RoundTrip);
            script.Inject(Say.Ack(1, 1 + (4000 * i) + 2000));
            script.Inject(Say.Ack(1, 1 + (4000 * (i + 1))));
        }

        Assert.Equal(10, script.WindowInSegments());
    }

    [Fact]
    [Conformance(9)]
    public void A_simultaneous_open_is_no_lost_syn()
    {
        var script = ConnectionScript.Connecting(new ConnectionOptions { Pacing = false });
        script.Expect("the SYN", s => s.Flags == SegmentFlags.Syn);
        script.Advance(TimeSpan.FromMilliseconds(50));
        script.Inject(Say.Syn(new SegmentOptions { MaxSegmentSize = Size }));
        script.Expect("the SYN_ACK", s => s.Flags == (SegmentFlags.Syn | SegmentFlags.Ack) && s.Sequence == 0);
        script.Inject(Say.Ack(1, 1));
        script.Write(new byte[10_000]);

        // IW of RFC 6928, and RTO of RFC 6298, 2.1, as neither of two SYNs on their way gives a measurement.
        Assert.Equal(10, script.TakeAll().Count);
        Assert.Equal(TimeSpan.FromSeconds(1), script.NextTimeout);
        Assert.Equal(0, script.Connection!.Statistics.Retransmissions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Conformance(121)]
    public void A_syn_that_timed_out_leaves_one_segment_and_three_seconds(bool simultaneous)
    {
        // RFC 6928, 2, and RFC 6298, 5.7.
        var script = ConnectionScript.Connecting(new ConnectionOptions { Pacing = false, Timestamps = false });
        script.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, script.TakeAll().Count);
        script.Inject(simultaneous ? Say.Syn(new SegmentOptions { MaxSegmentSize = Size }) : Say.SynAck(1, new SegmentOptions { MaxSegmentSize = Size }));
        script.Inject(Say.Ack(1, 1));
        script.TakeAll();
        script.Write(new byte[10_000]);
        Assert.Single(script.TakeAll());
        Assert.Equal(TimeSpan.FromSeconds(3), script.NextTimeout);
    }

    [Fact]
    [Conformance(122, 125)]
    public void After_a_timeout_cubic_begins_at_its_plateau()
    {
        // RFC 9438, 4.8: K = 0 and W_max = cwnd when congestion avoidance begins, whatever the maximum was before.
        var cubic = new Cubic(Size, paced: true);
        Instant now = Instant.FromOrigin(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 90; i++)
        {
            cubic.OnAcknowledged(Sample(now, Size, cubic.Window));
        }

        Assert.Equal(100 * Size, cubic.Window);
        cubic.OnTimeout(now, 100 * Size, repeated: false);
        Assert.Equal((Size, 70 * Size), (cubic.Window, cubic.SlowStartThreshold));
        while (cubic.Window < cubic.SlowStartThreshold)
        {
            cubic.OnAcknowledged(Sample(now, Size, cubic.Window));
        }

        // On the plateau the curve is flat: in the tenth of a second that a round trip takes, the window grows by what Reno's would,
        // α = 3 · 0.3 / 1.7, and not by a third of the way back to 100.
        long before = cubic.Window;
        for (int i = 0; i < 70; i++)
        {
            cubic.OnAcknowledged(Sample(now += TimeSpan.FromMilliseconds(100 / 70.0), Size, cubic.Window));
        }

        Assert.InRange(cubic.Window - before, 0.4 * Size, 0.7 * Size);

        // C·t³ beyond it: ten seconds later 400 segments above the plateau, whatever K would have been.
        var curve = new CubicCurve(70, 70);
        Assert.Equal(0, curve.TimeToMaximum);
        Assert.Equal(470, curve.At(10), 6);
    }

    [Fact]
    [Conformance(103, 125)]
    public void A_timeout_that_was_for_nothing_leaves_the_curve_as_it_was()
    {
        var cubic = new Cubic(Size, paced: true);
        Instant now = Instant.FromOrigin(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 90; i++)
        {
            cubic.OnAcknowledged(Sample(now, Size, cubic.Window));
        }

        cubic.OnLoss(now, 100 * Size);
        cubic.OnRecovered(now);
        cubic.OnAcknowledged(Sample(now, Size, cubic.Window));
        cubic.OnTimeout(now, 70 * Size, repeated: false);
        cubic.OnSpurious();
        long before = cubic.Window;
        for (int i = 0; i < 400; i++)
        {
            cubic.OnAcknowledged(Sample(now += TimeSpan.FromMilliseconds(10), Size, cubic.Window));
        }

        // Four seconds towards W_max = 100, where K is 4.2 s.
        Assert.True(before >= 70 * Size && cubic.Window > 95 * Size, $"{before} → {cubic.Window}");
    }

    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 8)]
    [Conformance(126)]
    public void Without_pacing_one_acknowledgment_opens_the_window_by_eight_segments_at_most(bool paced, int segments)
    {
        // RFC 9406, 4.2: L is 8 where what follows leaves as a burst, and infinite where it is paced.
        var cubic = new Cubic(Size, paced);
        long before = cubic.Window;
        cubic.OnAcknowledged(Sample(Instant.FromOrigin(TimeSpan.FromSeconds(1)), 20 * Size, cubic.Window));
        Assert.Equal(segments * Size, cubic.Window - before);
    }

    [Fact]
    [Conformance(122)]
    public void Slow_start_after_a_loss_ends_at_ssthresh_however_much_an_acknowledgment_covers()
    {
        var cubic = new Cubic(Size, paced: true);
        Instant now = Instant.FromOrigin(TimeSpan.FromSeconds(1));
        cubic.OnTimeout(now, 20 * Size, repeated: false);
        cubic.OnAcknowledged(Sample(now, 40 * Size, cubic.Window));
        Assert.InRange(cubic.Window, Size, 14 * Size);
    }

    internal static AcknowledgmentSample Sample(Instant now, long acknowledged, long inFlight, bool limited = true) => new()
    {
        Now = now,
        Acknowledged = acknowledged,
        Delivered = acknowledged,
        Lost = 0,
        PriorInFlight = inFlight,
        InFlight = Math.Max(0, inFlight - acknowledged),
        RoundTrip = TimeSpan.FromMilliseconds(100),
        Smoothed = TimeSpan.FromMilliseconds(100),
        IsRoundStart = false,
        Rate = 0,
        IsApplicationLimited = false,
        InFlightAtSend = inFlight,
        LostSinceSent = 0,
        WindowWasLimit = limited,
        InRecovery = false,
    };
}
