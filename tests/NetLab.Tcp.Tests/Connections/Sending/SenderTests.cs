using NetLab.Tcp.Connections;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>The sending side: segmentation, the peer's window, Nagle, and what tells of losses.</summary>
public sealed class SenderTests
{
    private static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };
    private static readonly SegmentOptions Sack100 = new() { MaxSegmentSize = 100, SackPermitted = true };
    private static readonly ConnectionOptions Unpaced = new() { Pacing = false };
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Fact]
    [Conformance(82, 87)]
    public void The_whole_window_is_used_and_not_a_byte_more()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100, window: 550);
        script.Write(new byte[2000]);
        Assert.Equal(new[] { 100, 100, 100, 100, 100 }, script.TakeAll().Select(s => s.Payload.Length));

        // 50 bytes are left, less than a segment and less than half the largest window: they wait (RFC 9293, 3.8.6.2.1).
        script.Inject(Say.Ack(1, 501, window: 700));
        Assert.Equal(700, script.TakeAll().Sum(s => s.Payload.Length));
    }

    [Fact]
    [Conformance(82, 121)]
    public void The_first_window_is_ten_segments_and_doubles_each_round_trip()
    {
        ConnectionScript script = After(RoundTrip, Unpaced, Mss100);
        script.Write(new byte[20_000]);
        long acknowledged = 1;
        foreach (int expected in (int[])[10, 20, 40])
        {
            IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
            Assert.Equal(expected, sent.Count);
            script.Advance(RoundTrip);

            // An ACK for every segment, for every second one, and for four at once: bytes count, not ACKs.
            int step = expected == 10 ? 1 : expected == 20 ? 2 : 4;
            for (int i = step; i <= expected; i += step)
            {
                acknowledged += 100 * step;
                script.Inject(Say.Ack(1, acknowledged));
            }
        }
    }

    [Fact]
    [Conformance(123)]
    public void A_window_that_is_not_used_does_not_grow()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100);
        long before = script.Connection!.CongestionWindow;
        for (int i = 0; i < 100; i++)
        {
            script.Write(new byte[100]);
            script.Advance(TimeSpan.FromMilliseconds(5));
            script.Inject(Say.Ack(1, 101 + (100 * i)));
        }

        Assert.Equal(before, script.Connection.CongestionWindow);
    }

    [Fact]
    [Conformance(124)]
    public void After_a_long_pause_the_first_window_is_not_exceeded()
    {
        Assert.True(LinkDescription.TryParse("delay=10ms", out LinkDescription link, out _));
        var pair = new SimulatedPair(link, 1);
        pair.Client.Write(new byte[2_000_000]);
        pair.Run(() => pair.Client.Acknowledged == 2_000_000, TimeSpan.FromMinutes(1));
        long grown = pair.Client.Connection!.CongestionWindow;
        Assert.True(grown > 100_000);
        pair.Advance(TimeSpan.FromHours(1));
        pair.Client.Write(new byte[1_000_000]);
        pair.Advance(TimeSpan.FromMilliseconds(5));
        Assert.InRange(pair.Client.Connection.CongestionWindow, 10_000, 14_600);
    }

    [Fact]
    [Conformance(83, 84, 89)]
    public void A_large_write_is_cut_at_the_segment_size_less_options_and_small_ones_are_joined()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100 with { Timestamps = new SegmentTimestamps(1, 0) }, window: 350);
        script.Write(new byte[200]);
        IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
        Assert.Equal(new[] { 88, 88, 24 }, sent.Select(s => s.Payload.Length));
        Assert.Equal(new[] { false, false, true }, sent.Select(s => s.Has(SegmentFlags.Psh)));
        script.Write(new byte[150]);
        script.TakeAll();
        for (int i = 0; i < 20; i++)
        {
            script.Write(new byte[10]);
        }

        script.ExpectNothing();
        script.Inject(Say.Ack(1, 351, window: 350) with { Options = new SegmentOptions { Timestamps = new SegmentTimestamps(2, 0) } });
        Assert.Equal(new[] { 88, 88, 24 }, script.TakeAll().Select(s => s.Payload.Length));
    }

    [Fact]
    [Conformance(85)]
    public void A_window_that_shrinks_stops_new_data_and_is_probed_when_nothing_is_out_any_more()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100, window: 1000);
        script.Write(new byte[2000]);
        Assert.Equal(10, script.TakeAll().Count);
        script.Inject(Say.Ack(1, 501, window: 0));
        script.ExpectNothing();
        script.Inject(Say.Ack(1, 1001, window: 0));
        script.ExpectNothing();
        script.Advance(TimeSpan.FromSeconds(1));
        script.Expect("a window probe", s => s.Sequence == 1001 && s.Payload.Length == 1);
        script.TakeAll();
        script.Inject(Say.Ack(1, 1002, window: 200));
        Assert.Equal(200, script.TakeAll().Sum(s => s.Payload.Length));
    }

    [Fact]
    [Conformance(86)]
    public void A_fin_takes_a_place_in_the_window_and_rides_on_the_last_data()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100, window: 200);
        script.Write(new byte[200]);
        script.Do("half-close", c => c.ShutdownSend());
        Assert.DoesNotContain(script.TakeAll(), s => s.Has(SegmentFlags.Fin));
        script.Inject(Say.Ack(1, 101, window: 200));
        script.Expect("the FIN", s => s.Has(SegmentFlags.Fin) && s.Sequence == 201);
        ConnectionScript other = ConnectionScript.Established(Unpaced, Mss100, window: 150);
        other.Write(new byte[100]);
        other.TakeAll();
        other.Write(new byte[50]);
        other.TakeAll();
        other.Inject(Say.Ack(1, 151, window: 0));
        other.Write(new byte[30]);
        other.Do("half-close", c => c.ShutdownSend());
        other.Inject(Say.Ack(1, 151, window: 100));
        other.Expect("the last data with the FIN", s => s.Has(SegmentFlags.Fin) && s.Payload.Length == 30);
    }

    [Fact]
    [Conformance(88)]
    public void With_nagle_one_small_segment_is_out_at_a_time_and_full_ones_and_fins_do_not_wait()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced with { Nagle = true }, Mss100);
        script.Write(new byte[10]);
        script.Expect("the first small one", s => s.Payload.Length == 10);
        script.Write(new byte[10]);
        script.ExpectNothing();
        script.Write(new byte[100]);
        script.Expect("a full one", s => s.Payload.Length == 100);
        script.ExpectNothing();
        script.Do("half-close", c => c.ShutdownSend());
        script.Expect("the rest with the FIN", s => s.Payload.Length == 10 && s.Has(SegmentFlags.Fin));
        ConnectionScript off = ConnectionScript.Established(Unpaced, Mss100);
        off.Write(new byte[10]);
        off.Write(new byte[10]);
        Assert.Equal(2, off.TakeAll().Count);
    }

    [Fact]
    [Conformance(90)]
    public void Nothing_written_is_nothing_sent_and_starts_no_timer()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Write([]);
        script.ExpectNothing();
        Assert.Null(script.NextTimeout);
    }

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
        script.Inject(Sacked(script, 1, (301, 801)));
        Assert.Equal(new long[] { 1, 101, 201 }, Resent(script));
        script.Inject(Sacked(script, 201, (301, 801)));
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
        script.Inject(Sacked(script, 1, (101, 401)));
        Assert.Contains(1L, Resent(script));
        ConnectionScript closed = ConnectionScript.Established(Unpaced, Sack100);
        closed.Write(new byte[1000]);
        closed.TakeAll();
        closed.Inject(Sacked(closed, 1, (101, 401)) with { Window = 0 });
        closed.ExpectNothing();
    }

    [Fact]
    [Conformance(110)]
    public void The_first_two_duplicates_let_a_new_segment_each_go()
    {
        ConnectionScript script = After(RoundTrip, Unpaced, Sack100);
        script.Write(new byte[3000]);
        script.TakeAll();
        script.Advance(RoundTrip);
        script.Inject(Sacked(script, 1, (101, 201)));
        script.Expect("new data", s => s.Sequence == 1001);
        script.ExpectNothing();
        script.Inject(Sacked(script, 1, (101, 301)));
        script.Expect("new data", s => s.Sequence == 1101);
    }

    [Fact]
    [Conformance(114)]
    public void Blocks_out_of_order_in_one_acknowledgment_are_no_reordering()
    {
        ConnectionScript script = After(RoundTrip, Unpaced, Sack100);
        script.Write(new byte[1000]);
        script.TakeAll();
        script.Advance(RoundTrip);
        script.Inject(Sacked(script, 1, (801, 901), (601, 701), (401, 501)));

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
        script.Inject(Sacked(script, 1, (5000, 6000), (401, 301), (-500, -400), (100, 100)));
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
        script.Inject(Sacked(script, 1, (101, 301)));
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
            script.Inject(needed ? Say.Ack(1, 501) : Sacked(script, 501, (401, 501)));
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

    [Fact]
    [Conformance(179)]
    public void Sending_and_acknowledging_allocate_nothing_a_segment()
    {
        var handler = new Silent();
        Connection client = Connection.Open(default, Unpaced, handler, new ConnectionIdentity(50_000, 9_000, new SequenceNumber(1), 7));
        byte[] buffer = new byte[65_507];
        client.Transmit(default, buffer, 1);
        var synAck = new SegmentHeader
        {
            SourcePort = 9_000,
            DestinationPort = 50_000,
            Sequence = new SequenceNumber(100),
            Acknowledgment = new SequenceNumber(2),
            Flags = SegmentFlags.Syn | SegmentFlags.Ack,
            Window = 65_535,
            Options = new SegmentOptions { MaxSegmentSize = 1400, WindowScale = 2, SackPermitted = true, Timestamps = new SegmentTimestamps(1, 7) },
        };
        Udp.Time.Instant now = Udp.Time.Instant.FromOrigin(TimeSpan.FromMilliseconds(10));
        client.Receive(now, new Segment(synAck, default));
        byte[] data = new byte[16_000_000];
        client.Write(new System.Buffers.ReadOnlySequence<byte>(data));
        SegmentHeader ack = synAck with { Sequence = new SequenceNumber(101), Flags = SegmentFlags.Ack, Options = new SegmentOptions { Timestamps = new SegmentTimestamps(2, 7) } };
        long sent = 0;
        for (int i = 0; i < 20; i++)
        {
            Turn();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        long sentBefore = sent;
        for (int i = 0; i < 20; i++)
        {
            Turn();
        }

        Assert.True(sent - sentBefore > 100_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Turn()
        {
            now += TimeSpan.FromMilliseconds(10);
            while (client.Transmit(now, buffer, 44) is { Bytes: > 0 } batch)
            {
                int segments = (batch.Bytes + batch.SegmentSize - 1) / batch.SegmentSize;
                sent += batch.Bytes - (32 * segments);
            }

            client.Receive(now, new Segment(ack with { Acknowledgment = new SequenceNumber((uint)(2 + sent)) }, default));
        }
    }

    // Established by a handshake that took a round trip.
    private static ConnectionScript After(TimeSpan roundTrip, ConnectionOptions options, SegmentOptions syn)
    {
        ConnectionScript script = ConnectionScript.Listening(options);
        script.Inject(Say.Syn(syn));
        script.TakeAll();
        script.Advance(roundTrip);
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.Established);
        return script;
    }

    private static ScriptedSegment Sacked(ConnectionScript script, long acknowledged, params (long Start, long End)[] ranges)
    {
        var blocks = default(SackBlocks);
        foreach ((long start, long end) in ranges)
        {
            blocks.Add(new SackBlock(script.OwnNumber(start), script.OwnNumber(end)));
        }

        return Say.Ack(1, acknowledged) with { Options = new SegmentOptions { Sack = blocks } };
    }

    private static long[] Resent(ConnectionScript script) => [.. script.TakeAll().Where(s => s.Payload.Length > 0).Select(s => s.Sequence)];

    private sealed class Silent : IConnectionHandler
    {
        public void OnEstablished()
        {
        }

        public void OnReceived(ReadOnlySpan<byte> bytes)
        {
        }

        public void OnEndOfStream()
        {
        }

        public void OnAcknowledged(long bytes)
        {
        }

        public void OnClosed(CloseReason reason)
        {
        }
    }
}
