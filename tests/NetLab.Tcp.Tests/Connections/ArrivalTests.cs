using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Which segments are believed (RFC 9293, 3.10.7.4; RFC 5961; RFC 7323, 5): ACK rules, challenges, old timestamps.</summary>
public sealed class ArrivalTests
{
    private static readonly TimeSpan ChallengeInterval = new ConnectionOptions().ChallengeInterval;

    [Fact]
    [Conformance(52)]
    public void A_segment_without_ack_is_dropped_and_the_next_good_one_taken()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(new ScriptedSegment { Sequence = 1, Payload = Say.Bytes(5) });
        script.ExpectNothing();
        Assert.Empty(script.Stream.Received);
        script.Inject(Say.Data(1, 1, Say.Bytes(5)));
        Assert.Equal(Say.Bytes(5), script.Stream.Received);
    }

    [Fact]
    [Conformance(53, 119)]
    public void An_ack_of_what_was_never_sent_is_challenged_and_acknowledges_nothing()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Write(new byte[100]);
        script.TakeAll();
        TimeSpan? rto = script.NextTimeout;
        script.Inject(Say.Ack(1, 102));
        script.Expect("a challenge ACK", s => s.Flags == SegmentFlags.Ack && s.Sequence == 101 && s.Acknowledgment == 1);
        Assert.Equal(0, script.Stream.Acknowledged);
        Assert.Equal(rto, script.NextTimeout);
    }

    [Fact]
    [Conformance(54)]
    public void An_old_segment_does_not_bring_back_an_old_window()
    {
        ConnectionScript script = ConnectionScript.Established(syn: new SegmentOptions { MaxSegmentSize = 100 });
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.Inject(Say.Data(11, 1, Say.Bytes(10)) with { Window = 500 });
        script.TakeAll();

        // Sent before the one above, arriving after it: its window is history (SND.WL1).
        script.Inject(Say.Ack(1, 1, window: 60_000));
        script.Write(new byte[2000]);
        Assert.Equal(500, script.TakeAll().Sum(s => s.Payload.Length));
    }

    [Theory]
    [InlineData(SegmentFlags.Syn, 70_000)]
    [InlineData(SegmentFlags.Syn | SegmentFlags.Ack, 70_000)]
    [InlineData(SegmentFlags.Ack, 70_000)]
    [InlineData(SegmentFlags.Fin | SegmentFlags.Ack, 70_000)]
    [InlineData(SegmentFlags.Ack | SegmentFlags.Psh, 70_000)]
    [InlineData(SegmentFlags.Syn, -5000)]
    [InlineData(SegmentFlags.Ack, -5000)]
    [InlineData(SegmentFlags.Fin | SegmentFlags.Ack, -5000)]
    [Conformance(55, 69)]
    public void What_is_outside_the_window_gets_an_ack_that_says_where_the_window_is(SegmentFlags flags, long sequence)
    {
        ConnectionScript script = ConnectionScript.Established();
        byte[] payload = (flags & SegmentFlags.Psh) != 0 ? new byte[10] : [];
        script.Inject(new ScriptedSegment { Flags = flags, Sequence = sequence, Acknowledgment = 1, Payload = payload });
        script.Expect("an ACK of what was received", s => s.Flags == SegmentFlags.Ack && s.Sequence == 1 && s.Acknowledgment == 1 && s.Window > 0);
        script.ExpectNothing();
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(56, 58)]
    public void A_flood_outside_the_window_gets_one_answer_an_interval_also_with_syns_that_carry_data()
    {
        ConnectionScript script = ConnectionScript.Established();
        for (int i = 0; i < 1000; i++)
        {
            script.Inject(Say.Ack(70_000 + i, 1));
            script.Inject(Say.Syn(seq: 80_000 + i) with { Payload = Say.Bytes(5) });
        }

        Assert.Single(script.TakeAll());
        script.Advance(ChallengeInterval);
        script.Inject(Say.Ack(70_000, 1));
        Assert.Single(script.TakeAll());
    }

    [Fact]
    [Conformance(57)]
    public void Old_data_is_acknowledged_again_each_time()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.TakeAll();
        for (int i = 0; i < 20; i++)
        {
            script.Inject(Say.Data(1, 1, Say.Bytes(10)));
            script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 11);
        }

        Assert.Equal(10, script.Stream.ReceivedBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    [InlineData(-1)]
    [Conformance(59)]
    public void A_reset_outside_the_window_is_dropped_in_silence(long sequence)
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Rst(sequence));
        script.ExpectNothing();
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(60, 61)]
    public void A_reset_that_is_not_exactly_next_is_challenged_and_one_that_is_ends_the_connection()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Rst(2));
        script.Expect("a challenge ACK", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 1);
        script.ExpectState(ConnectionState.Established);
        script.Inject(Say.Rst(1));
        script.ExpectNothing();
        Assert.Equal(CloseReason.Reset, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(60)]
    public void A_reset_with_text_counts_also_at_a_window_of_zero()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 1024 });
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, new byte[1024]));
        script.Inject(Say.Rst(1025) with { Payload = Say.Bytes(5) });
        Assert.Equal(CloseReason.Reset, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(62, 63)]
    public void A_syn_in_the_window_is_challenged_with_the_present_numbers_and_resets_nothing()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.TakeAll();
        script.Inject(Say.Syn(seq: 20));
        script.Expect("a challenge ACK", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 11 && s.Sequence == 1);
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(64, 137)]
    public void Two_peers_whose_window_probes_crossed_find_each_other_again()
    {
        // Both windows are closed, both probes are on their way, and then both applications read: each has taken a byte that
        // the other does not know to be taken.
        Assert.True(LinkDescription.TryParse("delay=500ms", out LinkDescription link, out _));
        var options = new ConnectionOptions { ReceiveBufferSize = 4096, MaxSegmentSize = 1000 };
        var pair = new SimulatedPair(link, 1, options, options);
        pair.Client.ReadsAtOnce = false;
        pair.Run(() => pair.Server is { IsEstablished: true }, TimeSpan.FromSeconds(10));
        pair.Server!.ReadsAtOnce = false;
        pair.Server.Write(new byte[20_000]);
        pair.Advance(TimeSpan.FromMilliseconds(250));
        pair.Client.Write(new byte[20_000]);
        pair.Advance(TimeSpan.FromSeconds(26));
        pair.Client.ReadsAtOnce = true;
        pair.Server.ReadsAtOnce = true;
        pair.Client.Read(pair.Client.Unread);
        pair.Server.Read(pair.Server.Unread);
        Assert.True(pair.Run(() => pair.Client.ReceivedBytes == 20_000 && pair.Server.ReceivedBytes == 20_000, TimeSpan.FromMinutes(5)));

        // And say no more once all is said.
        pair.Advance(TimeSpan.FromSeconds(10));
        long sent = pair.Client.Connection!.Statistics.SegmentsSent;
        pair.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(sent, pair.Client.Connection.Statistics.SegmentsSent);
        Assert.InRange(sent, 20, 200);
    }

    [Fact]
    [Conformance(66)]
    public void A_peer_whose_address_changes_is_another_peer()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.InjectFrom(DatagramAddress.FromIPv4(0x0A00_0077, ConnectionScript.PeerPort), ConnectionScript.PeerPort, 80, Say.Data(1, 1, Say.Bytes(5)));
        script.Expect("a RST", s => s.Flags == SegmentFlags.Rst);
        Assert.Equal(0, script.Stream.ReceivedBytes);
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(65)]
    public void An_old_timestamp_is_answered_and_dropped_and_a_forged_one_stalls_nothing()
    {
        ConnectionScript script = ConnectionScript.Established(syn: new SegmentOptions { Timestamps = new SegmentTimestamps(1000, 0) });
        script.Inject(Stamped(Say.Data(1, 1, Say.Bytes(10)), 1001));
        script.TakeAll();
        script.Inject(Stamped(Say.Data(11, 1, Say.Bytes(10)), 999));
        script.Expect("an ACK", s => s.Acknowledgment == 11);
        Assert.Equal(10, script.Stream.ReceivedBytes);

        // Just before the window, far in the future: a guess that must not make everybody else look old.
        script.Inject(Stamped(Say.Data(5, 1, Say.Bytes(6)), 1001 + (1 << 30)));
        script.Inject(Stamped(Say.Data(11, 1, Say.Bytes(10)), 1002));
        Assert.Equal(20, script.Stream.ReceivedBytes);

        // RFC 7323, 5.5: after 24 days the clock may have turned round.
        script.Advance(TimeSpan.FromDays(25));
        script.Inject(Stamped(Say.Data(21, 1, Say.Bytes(10)), 900));
        Assert.Equal(30, script.Stream.ReceivedBytes);
    }

    [Theory]
    [InlineData(2000u, -1000, true)]
    [InlineData(900u, 5000, false)]
    [InlineData(1003u, 5000, true)]
    [InlineData(1002u, 0, false)]
    [Conformance(151, 160)]
    public void In_time_wait_a_newer_timestamp_begins_a_new_connection_whatever_the_number(uint timestamp, long beyond, bool begins)
    {
        ConnectionScript script = ConnectionScript.Established(syn: new SegmentOptions { Timestamps = new SegmentTimestamps(1000, 0) });
        script.Write(new byte[300_000]);
        script.Do("close", c => c.Close(script.Now));
        for (long acknowledged = 1; script.TakeAll() is { Count: > 0 } sent;)
        {
            acknowledged = Math.Max(acknowledged, sent.Max(s => s.Sequence + s.Payload.Length + (s.Has(SegmentFlags.Fin) ? 1 : 0)));
            script.Inject(Stamped(Say.Ack(1, acknowledged), 1001));
        }

        script.Inject(Stamped(Say.Fin(1, 300_002), 1002));
        script.ExpectState(ConnectionState.TimeWait);
        script.TakeAll();
        script.Inject(Stamped(Say.Syn(seq: 2 + beyond), timestamp));
        ScriptedSegment answer = script.Expect("an answer", s => s.Has(SegmentFlags.Ack));
        Assert.Equal(begins, answer.Has(SegmentFlags.Syn));
        Assert.Equal(begins ? 2 : 1, script.Welcomed);
    }

    private static ScriptedSegment Stamped(ScriptedSegment segment, uint timestamp) =>
        segment with { Options = segment.Options with { Timestamps = new SegmentTimestamps(timestamp, 0) } };
}
