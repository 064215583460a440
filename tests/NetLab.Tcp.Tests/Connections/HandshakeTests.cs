using NetLab.Tcp.Connections;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>SYN, SYN_ACK, ACK, and everything that may come instead (RFC 9293, 3.5 and 3.10.7).</summary>
public sealed class HandshakeTests
{
    [Fact]
    [Conformance(16)]
    public void The_client_sends_a_syn_and_acknowledges_the_syn_ack()
    {
        var script = ConnectionScript.Connecting();
        ScriptedSegment syn = script.Expect("a SYN", s => s.Flags == SegmentFlags.Syn && s.Sequence == 0);
        Assert.Equal(1400, syn.Options.MaxSegmentSize);
        script.ExpectState(ConnectionState.SynSent);
        script.Inject(Say.SynAck());
        script.Expect("the ACK", s => s.Flags == SegmentFlags.Ack && s.Sequence == 1 && s.Acknowledgment == 1);
        script.ExpectNothing();
        script.ExpectState(ConnectionState.Established);
        Assert.True(script.Stream.IsEstablished);
    }

    [Fact]
    [Conformance(16)]
    public void The_server_answers_a_syn_and_is_established_by_the_ack()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.Expect("a SYN_ACK", s => s.Flags == (SegmentFlags.Syn | SegmentFlags.Ack) && s.Sequence == 0 && s.Acknowledgment == 1);
        script.ExpectState(ConnectionState.SynReceived);
        Assert.False(script.Stream.IsEstablished);
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.Established);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(17)]
    public void A_syn_is_sent_again_at_the_rto_doubled_each_time_and_then_given_up()
    {
        var script = ConnectionScript.Connecting(new ConnectionOptions { MaxSynRetransmissions = 3 });
        script.Expect("the SYN", s => s.Flags == SegmentFlags.Syn);
        foreach (int seconds in (int[])[1, 2, 4])
        {
            script.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            script.ExpectNothing();
            script.Advance(TimeSpan.FromTicks(1));
            script.Expect("the SYN again", s => s.Flags == SegmentFlags.Syn && s.Sequence == 0);
        }

        script.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
        script.ExpectState(ConnectionState.Closed);
        script.ExpectNothing();
        Assert.Null(script.NextTimeout);
    }

    [Fact]
    [Conformance(18)]
    public void A_syn_ack_is_sent_again_by_timer_and_on_a_repeated_syn_with_the_same_number()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.Expect("the SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        script.Advance(TimeSpan.FromSeconds(1));
        script.Expect("the SYN_ACK again", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack) && s.Sequence == 0);
        script.Inject(Say.Syn());
        script.Expect("the SYN_ACK at once", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack) && s.Sequence == 0);
        Assert.Equal(1, script.Welcomed);
    }

    [Fact]
    [Conformance(19)]
    public void Data_completes_the_handshake_when_the_ack_was_lost()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.Expect("the SYN_ACK", s => s.Has(SegmentFlags.Syn));
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.ExpectState(ConnectionState.Established);
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
        script.Expect("its ACK", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 11);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Conformance(32, 76)]
    public void Data_with_a_syn_is_acknowledged_when_the_handshake_is_done(bool quick)
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { QuickAcknowledgments = quick ? 16 : 0 });
        script.Inject(Say.Syn() with { Payload = Say.Bytes(10) });
        script.Expect("a SYN_ACK of the SYN alone", s => s.Has(SegmentFlags.Syn) && s.Acknowledgment == 1);
        script.Inject(Say.Ack(11, 1));
        script.Expect("an ACK of the data", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 11);
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
    }

    [Fact]
    [Conformance(17)]
    public void A_syn_is_tried_for_three_minutes_at_least()
    {
        // RFC 9293, 3.8.3: MUST-23.
        ConnectionScript script = ConnectionScript.Connecting();
        script.Advance(TimeSpan.FromSeconds(180));
        script.ExpectState(ConnectionState.SynSent);
        Assert.Equal(8, script.TakeAll().Count(s => s.Has(SegmentFlags.Syn)));
        script.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(20)]
    public void A_repeated_syn_ack_is_acknowledged_and_changes_nothing()
    {
        var script = ConnectionScript.Connecting();
        script.Inject(Say.SynAck());
        script.TakeAll();
        script.Inject(Say.SynAck());
        script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack && s.Sequence == 1 && s.Acknowledgment == 1);
        script.ExpectState(ConnectionState.Established);
    }

    [Theory]
    [Conformance(21, 23)]
    [InlineData(0, false)]
    [InlineData(-5, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(7, true)]
    public void In_syn_sent_a_wrong_ack_is_reset_with_its_own_number(long ack, bool withSyn)
    {
        var script = ConnectionScript.Connecting();
        script.Expect("the SYN", s => s.Flags == SegmentFlags.Syn);
        script.Inject(withSyn ? Say.SynAck(ack) : Say.Ack(1, ack));
        script.Expect("a RST", s => s.Flags == SegmentFlags.Rst && s.Sequence == ack);
        script.ExpectState(ConnectionState.SynSent);
    }

    [Fact]
    [Conformance(22)]
    public void In_syn_sent_a_reset_with_our_number_refuses()
    {
        var script = ConnectionScript.Connecting();
        script.TakeAll();
        script.Inject(Say.RstAck(1));
        Assert.Equal(CloseReason.Refused, script.Stream.CloseReason);
        script.ExpectState(ConnectionState.Closed);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(22)]
    public void In_syn_sent_a_reset_that_proves_nothing_is_ignored()
    {
        var script = ConnectionScript.Connecting();
        script.TakeAll();
        script.Inject(Say.Rst(0));
        script.Inject(Say.RstAck(9));
        script.ExpectNothing();
        script.ExpectState(ConnectionState.SynSent);
    }

    [Fact]
    [Conformance(24)]
    public void In_syn_sent_a_bare_ack_of_our_syn_is_ignored()
    {
        var script = ConnectionScript.Connecting();
        script.TakeAll();
        script.Inject(Say.Ack(1, 1));
        script.ExpectNothing();
        script.ExpectState(ConnectionState.SynSent);
    }

    [Fact]
    [Conformance(25)]
    public void Two_who_open_at_once_meet_in_established()
    {
        var script = ConnectionScript.Connecting();
        script.Expect("our SYN", s => s.Flags == SegmentFlags.Syn);
        script.Inject(Say.Syn());
        script.ExpectState(ConnectionState.SynReceived);
        script.Expect("our SYN with an ACK of theirs", s => s.Flags == (SegmentFlags.Syn | SegmentFlags.Ack) && s.Sequence == 0 && s.Acknowledgment == 1);
        script.Inject(Say.SynAck());
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(25)]
    public void A_reset_ends_a_simultaneous_open()
    {
        var script = ConnectionScript.Connecting();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Inject(Say.Rst(1));
        Assert.Equal(CloseReason.Refused, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(30)]
    public void A_listener_resets_acks_ignores_resets_and_drops_what_is_neither()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Ack(100, 7));
        script.Expect("a RST with the ACK's number", s => s.Flags == SegmentFlags.Rst && s.Sequence == 7);
        script.Inject(Say.SynAck(9));
        script.Expect("a RST with the ACK's number", s => s.Flags == SegmentFlags.Rst && s.Sequence == 9);
        script.Inject(Say.Rst(1));
        script.Inject(Say.RstAck(5));
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Fin, Sequence = 4 });
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.None, Sequence = 4, Payload = Say.Bytes(3) });
        script.ExpectNothing();
        Assert.Equal(0, script.Welcomed);
    }

    [Fact]
    [Conformance(31)]
    public void A_closed_port_resets_everything_but_resets()
    {
        var script = ConnectionScript.Closed();
        script.Inject(Say.Syn());
        script.Expect("a RST that acknowledges the SYN", s => s.Flags == (SegmentFlags.Rst | SegmentFlags.Ack) && s.Acknowledgment == 1);
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Fin, Sequence = 10, Payload = Say.Bytes(5) });
        script.Expect("a RST that acknowledges all of it", s => s.Flags == (SegmentFlags.Rst | SegmentFlags.Ack) && s.Acknowledgment == 16);
        script.Inject(Say.Data(1, 77, Say.Bytes(5)));
        script.Expect("a RST with the ACK's number", s => s.Flags == SegmentFlags.Rst && s.Sequence == 77);
        script.Inject(Say.Rst(5));
        script.Inject(Say.RstAck(5));
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(32)]
    public void Data_and_a_fin_on_the_syn_are_kept_for_after_the_handshake()
    {
        var script = ConnectionScript.Listening();
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | SegmentFlags.Fin, Payload = Say.Bytes(5) });
        script.Expect("the SYN_ACK, of the SYN alone", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack) && s.Acknowledgment == 1);
        Assert.Empty(script.Stream.Received);
        Assert.False(script.Stream.IsEndOfStream);
        script.Inject(Say.Ack(7, 1));
        Assert.Equal(Say.Bytes(5), script.Stream.Received);
        Assert.True(script.Stream.IsEndOfStream);
        script.ExpectState(ConnectionState.CloseWait);
    }

    [Fact]
    [Conformance(33)]
    public void Closing_in_syn_sent_is_silent()
    {
        var script = ConnectionScript.Connecting();
        script.TakeAll();
        script.Do("close", c => c.Close(script.Now));
        script.ExpectState(ConnectionState.Closed);
        script.ExpectNothing();
        Assert.Null(script.NextTimeout);
        Assert.Equal(0, script.Connections);
    }

    [Fact]
    [Conformance(34)]
    public void What_was_written_before_the_handshake_goes_right_after_it()
    {
        var script = ConnectionScript.Connecting();
        script.Expect("the SYN", s => s.Flags == SegmentFlags.Syn);
        script.Write(Say.Bytes(20));
        script.ExpectNothing();
        script.Inject(Say.SynAck());
        script.Expect("the data with the ACK", s => s.Payload.Length == 20 && s.Sequence == 1 && s.Acknowledgment == 1);
    }

    [Fact]
    [Conformance(35)]
    public void Impossible_requests_are_argument_errors()
    {
        var stream = new SimulatedStream();
        Assert.Throws<ArgumentException>(() => Connection.Open(default, new ConnectionOptions(), stream, new ConnectionIdentity(5, 0, default, 0)));
        Assert.Throws<ArgumentException>(() => Connection.Open(default, new ConnectionOptions { ReceiveBufferSize = 3 }, stream, new ConnectionIdentity(5, 6, default, 0)));
        Assert.Throws<ArgumentException>(() => Connection.Open(default, new ConnectionOptions { MaxSegmentSize = 70_000 }, stream, new ConnectionIdentity(5, 6, default, 0)));
    }

    [Fact]
    [Conformance(39)]
    public void A_retransmitted_syn_gives_no_round_trip_sample()
    {
        var clean = ConnectionScript.Connecting();
        clean.Advance(TimeSpan.FromMilliseconds(80));
        clean.Inject(Say.SynAck());
        Assert.Equal(TimeSpan.FromMilliseconds(80), clean.Connection!.Statistics.SmoothedRoundTrip);

        var repeated = ConnectionScript.Connecting();
        repeated.Advance(TimeSpan.FromMilliseconds(1080));
        repeated.Inject(Say.SynAck());
        Assert.Null(repeated.Connection!.Statistics.SmoothedRoundTrip);
    }

    [Fact]
    [Conformance(40)]
    public void Initial_sequence_numbers_differ_by_tuple_and_grow_with_time()
    {
        var secrets = new EndpointSecrets(1, 2);
        var key = new ConnectionKey(DatagramAddress.FromIPv4(1, 2), 3, 4);
        uint now = Isn(key, 0);
        Assert.NotEqual(now, Isn(key with { LocalPort = 5 }, 0));
        Assert.NotEqual(now, Isn(key with { RemotePort = 5 }, 0));
        Assert.NotEqual(now, Isn(key with { Peer = DatagramAddress.FromIPv4(1, 3) }, 0));
        Assert.Equal(250_000u, unchecked(Isn(key, 1) - now));

        uint Isn(ConnectionKey k, int seconds) =>
            secrets.IdentityFor(Udp.Time.Instant.FromOrigin(TimeSpan.FromSeconds(seconds)), k).InitialSequence.Value;
    }

    [Fact]
    [Conformance(41)]
    public void Segments_of_other_ports_or_addresses_never_reach_the_connection()
    {
        var script = ConnectionScript.Established();
        ScriptedSegment data = Say.Data(1, 1, Say.Bytes(10));
        script.InjectFrom(DatagramAddress.FromIPv4(0x0A00_0003, 9000), ConnectionScript.PeerPort, 80, data);
        script.InjectFrom(DatagramAddress.FromIPv4(0x0A00_0002, 9001), ConnectionScript.PeerPort, 80, data);
        script.InjectFrom(DatagramAddress.FromIPv4(0x0A00_0002, 9000), 9001, 80, data);
        script.InjectFrom(DatagramAddress.FromIPv4(0x0A00_0002, 9000), ConnectionScript.PeerPort, 81, data);
        Assert.Empty(script.Stream.Received);
        Assert.Equal(2, script.Connection!.Statistics.SegmentsReceived);
        Assert.All(script.TakeAll(), s => Assert.True(s.Has(SegmentFlags.Rst)));
    }
}
