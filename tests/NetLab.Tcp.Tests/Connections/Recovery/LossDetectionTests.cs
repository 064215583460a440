using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>What tells of losses, and what does not: duplicates, selective acknowledgments, timeouts, probes.</summary>
public sealed class LossDetectionTests
{
    private static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };
    private static readonly SegmentOptions Sack100 = new() { MaxSegmentSize = 100, SackPermitted = true };
    private static readonly ConnectionOptions Unpaced = new() { Pacing = false };
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Fact]
    [Conformance(106, 107)]
    public void Without_sack_the_third_duplicate_resends_once_and_data_or_a_new_window_is_no_duplicate()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced with { Sack = false }, Mss100, window: 5000);
        script.Write(new byte[1000]);
        script.TakeAll();
        script.Inject(Say.Data(1, 1, Say.Bytes(1)) with { Window = 5000 });
        script.Inject(Say.Ack(2, 1, window: 5100));
        script.TakeAll();
        script.Inject(Say.Ack(2, 1, window: 5100));
        script.Inject(Say.Ack(2, 1, window: 5100));
        Assert.DoesNotContain(script.TakeAll(), s => s.Sequence == 1);
        script.Inject(Say.Ack(2, 1, window: 5100));
        script.Expect("the first segment again", s => s.Sequence == 1 && s.Payload.Length == 100);
        for (int i = 0; i < 20; i++)
        {
            script.Inject(Say.Ack(2, 1, window: 5100));
        }

        Assert.DoesNotContain(script.TakeAll(), s => s.Sequence == 1);
        Assert.Equal(1, script.Connection!.Statistics.FastRecoveries);
    }

    [Fact]
    [Conformance(108, 113)]
    public void Only_the_hole_is_sent_again()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Sack100);
        script.Write(new byte[800]);
        script.TakeAll();
        script.Inject(Say.Sack(script, 1, (301, 801)));
        Assert.Equal(new long[] { 1, 101, 201 }, Resent(script));
        script.Inject(Say.Sack(script, 201, (301, 801)));
        Assert.Empty(Resent(script));
        script.Inject(Say.Ack(1, 801));
        Assert.Equal(3, script.Connection!.Statistics.Retransmissions);
    }

    [Fact]
    [Conformance(109)]
    public void The_first_retransmission_goes_though_the_window_is_full_and_not_into_a_closed_one()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Sack100);
        script.Write(new byte[3000]);
        Assert.Equal(10, script.TakeAll().Count);
        script.Inject(Say.Sack(script, 1, (101, 401)));
        Assert.Contains(1L, Resent(script));
        ConnectionScript closed = ConnectionScript.Established(Unpaced, Sack100);
        closed.Write(new byte[1000]);
        closed.TakeAll();
        closed.Inject(Say.Sack(closed, 1, (101, 401)) with { Window = 0 });
        closed.ExpectNothing();
    }

    [Fact]
    [Conformance(110)]
    public void The_first_two_duplicates_let_a_new_segment_each_go()
    {
        ConnectionScript script = EstablishedConnection.After(RoundTrip, Unpaced, Sack100);
        script.Write(new byte[3000]);
        script.TakeAll();
        script.Advance(RoundTrip);
        script.Inject(Say.Sack(script, 1, (101, 201)));
        script.Expect("new data", s => s.Sequence == 1001);
        script.ExpectNothing();
        script.Inject(Say.Sack(script, 1, (101, 301)));
        script.Expect("new data", s => s.Sequence == 1101);
    }

    [Fact]
    [Conformance(114)]
    public void Blocks_out_of_order_in_one_acknowledgment_are_no_reordering()
    {
        ConnectionScript script = EstablishedConnection.After(RoundTrip, Unpaced, Sack100);
        script.Write(new byte[1000]);
        script.TakeAll();
        script.Advance(RoundTrip);
        script.Inject(Say.Sack(script, 1, (801, 901), (601, 701), (401, 501)));

        // Three segments beyond the holes: at once, and not after a quarter of a round trip more.
        Assert.Equal(new long[] { 1, 101, 201 }, Resent(script));
    }

    [Fact]
    [Conformance(118)]
    public void Blocks_that_cannot_be_true_are_ignored()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Sack100);
        script.Write(new byte[500]);
        script.TakeAll();
        script.Inject(Say.Sack(script, 1, (5000, 6000), (401, 301), (-500, -400), (100, 100)));
        script.ExpectNothing();
        script.Inject(Say.Ack(1, 501));
        Assert.Equal((0, 500), (script.Connection!.Statistics.Retransmissions, script.Stream.Acknowledged));
    }

    [Fact]
    [Conformance(120)]
    public void What_the_peer_reported_and_threw_away_is_sent_again_after_the_timeout()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Sack100);
        script.Write(new byte[300]);
        script.TakeAll();
        script.Inject(Say.Sack(script, 1, (101, 301)));
        script.TakeAll();
        script.Inject(Say.Ack(1, 101));
        script.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains(101L, Resent(script));
        script.Inject(Say.Ack(1, 201));
        Assert.Contains(201L, Resent(script));
    }

    [Fact]
    [Conformance(117)]
    public void A_probe_that_repaired_a_loss_shrinks_the_window_and_one_that_was_not_needed_does_not()
    {
        foreach (bool needed in (bool[])[true, false])
        {
            ConnectionScript script = ConnectionScript.Established(Unpaced, Sack100);
            script.Write(new byte[500]);
            script.TakeAll();
            long before = script.Connection!.CongestionWindow;
            script.Advance(script.NextTimeout!.Value);
            script.Expect("the probe", s => s.Sequence == 401);
            script.Inject(needed ? Say.Ack(1, 501) : Say.Sack(script, 501, (401, 501)));
            script.Write(new byte[100]);
            script.Advance(TimeSpan.FromMilliseconds(10));
            script.Inject(Say.Ack(1, 601));
            Assert.Equal(needed, script.Connection.CongestionWindow < before);
        }
    }

    [Fact]
    [Conformance(103)]
    public void A_timeout_whose_first_answer_is_for_the_original_is_undone()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Sack100 with { Timestamps = new SegmentTimestamps(1, 0) });
        script.Write(new byte[800]);
        uint original = script.TakeAll()[0].Options.Timestamps!.Value.Value;
        long before = script.Connection!.CongestionWindow;
        script.Advance(TimeSpan.FromSeconds(5));
        Assert.True(script.Connection.Statistics.Timeouts > 0);
        Assert.True(script.Connection.CongestionWindow < before);
        script.TakeAll();
        script.Inject(Say.Ack(1, 89) with { Options = new SegmentOptions { Timestamps = new SegmentTimestamps(2, original) } });
        Assert.Equal(1, script.Connection.Statistics.SpuriousRecoveries);
        Assert.InRange(script.Connection.CongestionWindow, before, long.MaxValue);

        // And nothing more is sent again for it.
        Assert.Empty(Resent(script));
    }

    [Fact]
    [Conformance(121)]
    public void After_a_lost_syn_the_first_window_is_one_segment()
    {
        ConnectionScript script = ConnectionScript.Connecting(Unpaced);
        script.Expect("the SYN", s => s.Has(SegmentFlags.Syn));
        script.Advance(TimeSpan.FromSeconds(1));
        script.Expect("the SYN again", s => s.Has(SegmentFlags.Syn));
        script.Inject(Say.SynAck(1, Mss100));
        script.TakeAll();
        script.Write(new byte[1000]);
        Assert.Single(script.TakeAll());
    }

    [Fact]
    [Conformance(105)]
    public void A_path_whose_round_trip_never_varies_does_not_time_out_on_a_delayed_acknowledgment()
    {
        foreach (int delay in (int[])[1, 5, 85, 125, 300])
        {
            Assert.True(LinkDescription.TryParse($"delay={delay}ms", out LinkDescription link, out _));
            var options = new ConnectionOptions { QuickAcknowledgments = 4 };
            var pair = new SimulatedPair(link, 1, options, options);
            for (int i = 0; i < 30; i++)
            {
                pair.Client.Write(new byte[i % 3 == 0 ? 100 : 1488]);
                pair.Run(() => pair.Client.Acknowledged == pair.Client.Written, TimeSpan.FromMinutes(5));
            }

            Assert.Equal((0, 0), (pair.Client.Connection!.Statistics.Timeouts, pair.Client.Connection.Statistics.Retransmissions));
        }
    }

    [Fact]
    [Conformance(9, 111)]
    public void One_lost_segment_of_a_large_window_of_small_segments_costs_one_retransmission()
    {
        Assert.True(LinkDescription.TryParse("delay=50ms,drop=DATA#20000", out LinkDescription link, out _));
        var options = new ConnectionOptions { ReceiveBufferSize = 4 << 20, MaxSegmentSize = 212, Pacing = false };
        var pair = new SimulatedPair(link, 1, options, options);
        pair.Client.Write(new byte[6_000_000]);
        Assert.True(pair.Run(() => pair.Client.Acknowledged == 6_000_000, TimeSpan.FromMinutes(1)));
        Assert.Equal((1, 0), (pair.Client.Connection!.Statistics.Retransmissions, pair.Client.Connection.Statistics.Timeouts));
    }

    private static long[] Resent(ConnectionScript script) => [.. script.TakeAll().Where(s => s.Payload.Length > 0).Select(s => s.Sequence)];
}
