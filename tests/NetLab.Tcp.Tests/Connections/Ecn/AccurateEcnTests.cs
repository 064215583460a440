using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using static NetLab.Tcp.Tests.Connections.Ecn.EcnWords;

namespace NetLab.Tcp.Tests.Connections.Ecn;

/// <summary>Marks instead of losses: the handshake of RFC 9768, its counters, and what is made of them.</summary>
public sealed class AccurateEcnTests
{
    [Fact]
    [Conformance(127)]
    public void Who_asks_and_is_answered_sends_what_may_be_marked_and_counts_from_five()
    {
        ConnectionScript script = ConnectionScript.Connecting(Request);
        ScriptedSegment syn = script.Expect("a SYN that asks", s => s.Flags == (SegmentFlags.Syn | Bits));
        Assert.Equal(EcnCodepoint.NotEct, syn.Ecn);
        script.Inject(Answer(0b010, EcnCodepoint.Ect0));
        Assert.Equal((0b100, EcnCodepoint.NotEct), Said(script.Expect("an ACK that tells what the answer arrived as", s => s.Payload.IsEmpty)));
        script.Write(new byte[100]);
        Assert.Equal((5, EcnCodepoint.Ect0), Said(script.Expect("data", s => s.Payload.Length == 100)));
    }

    [Theory]
    [InlineData(0b010, true, EcnCodepoint.Ect0)] // the SYN arrived as it was sent
    [InlineData(0b101, true, EcnCodepoint.Ect0)] // reserved: read as if it had (RFC 9768, 3.1.3)
    [InlineData(0b100, true, EcnCodepoint.NotEct)] // the path sets ECT(0)
    [InlineData(0b011, true, EcnCodepoint.NotEct)] // the path sets ECT(1)
    [InlineData(0b000, false, EcnCodepoint.NotEct)] // a peer without ECN
    [InlineData(0b001, false, EcnCodepoint.Ect0)] // one that knows only RFC 3168
    [InlineData(0b111, false, EcnCodepoint.NotEct)] // one that throws back whatever it gets
    [Conformance(127)]
    public void The_answer_decides_on_the_feedback_and_shows_a_path_that_changes_the_field(int answer, bool reports, EcnCodepoint sends)
    {
        ConnectionScript script = ConnectionScript.Connecting(Request);
        script.TakeAll();
        script.Inject(Answer(answer, EcnCodepoint.Ect0));
        script.TakeAll();
        script.Write(new byte[100]);

        // Our own reports go on where the peer speaks them: only one direction need be bad.
        Assert.Equal((reports ? 5 : 0, sends), Said(script.Expect("data", s => s.Payload.Length == 100)));
    }

    [Theory]
    [InlineData(0b000, EcnCodepoint.NotEct)] // the peer is in no such mode, whatever the reason (note 1)
    [InlineData(0b001, EcnCodepoint.Ect0)]
    [InlineData(0b010, EcnCodepoint.Ect0)]
    [InlineData(0b011, EcnCodepoint.NotEct)]
    [InlineData(0b100, EcnCodepoint.NotEct)]
    [InlineData(0b101, EcnCodepoint.Ect0)]
    [InlineData(0b110, EcnCodepoint.NotEct)]
    [InlineData(0b111, EcnCodepoint.Ect0)]
    [Conformance(127)]
    public void The_pure_ack_that_ends_the_handshake_tells_a_server_whether_to_send_ect(int code, EcnCodepoint expected)
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Pacing = false });
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | Bits, Options = Mss100, Ecn = EcnCodepoint.Ect0 });
        Assert.Equal((0b100, EcnCodepoint.NotEct), Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))));
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(code), Sequence = 1, Acknowledgment = 1 });
        script.Write(new byte[100]);
        Assert.Equal(expected, script.Expect("data", s => s.Payload.Length == 100).Ecn);
    }

    [Theory]
    [InlineData(EcnCodepoint.NotEct, 0b010)]
    [InlineData(EcnCodepoint.Ect1, 0b011)]
    [InlineData(EcnCodepoint.Ce, 0b110)]
    [Conformance(127)]
    public void The_answer_tells_what_the_syn_arrived_as(EcnCodepoint arrivedAs, int code)
    {
        ConnectionScript script = ConnectionScript.Listening();
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | Bits, Ecn = arrivedAs });
        Assert.Equal(code, Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))).Code);
    }

    [Fact]
    [Conformance(127)]
    public void Nothing_is_said_where_it_is_switched_off()
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Ecn = EcnMode.Off });
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | Bits, Ecn = EcnCodepoint.Ect0 });
        Assert.Equal((0, EcnCodepoint.NotEct), Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))));
        Assert.Equal(SegmentFlags.Syn, ConnectionScript.Connecting().Expect("a SYN", _ => true).Flags);
    }

    [Fact]
    [Conformance(76, 127)]
    public void A_mark_is_reported_at_once_and_the_count_wraps_at_eight()
    {
        ConnectionScript script = Server(new ConnectionOptions { QuickAcknowledgments = 0 });
        foreach ((int n, int code) in ((int, int)[])[(0, 6), (1, 7), (2, 0), (3, 1)])
        {
            script.Inject(Say.Data(1 + (10 * n), 1, new byte[10]) with { Ecn = EcnCodepoint.Ce });
            Assert.Equal(code, Said(script.Expect("an ACK at once", s => s.Payload.IsEmpty)).Code);
        }

        // One that was not marked waits for company, as ever.
        script.Inject(Say.Data(41, 1, new byte[10]) with { Ecn = EcnCodepoint.Ect0 });
        script.ExpectNothing();
        Assert.Equal(4, script.Connection!.Statistics.MarksReceived);
    }

    [Theory]
    [InlineData(CongestionAlgorithm.NewReno, 0.5)]
    [InlineData(CongestionAlgorithm.Cubic, 0.7)]
    [Conformance(127)]
    public void A_reported_mark_shrinks_the_window_once_a_round_trip_and_sends_nothing_again(CongestionAlgorithm congestion, double share)
    {
        ConnectionScript script = Server(new ConnectionOptions { Pacing = false, Congestion = congestion });
        script.Write(new byte[10_000]);
        Assert.Equal(1_000, script.TakeAll().Sum(s => s.Payload.Length));

        // The second ACK of the first window reports two marks, the third another: of the same round trip.
        script.Inject(Say.Ack(1, 101) with { Flags = SegmentFlags.Ack | BitsOf(5) });
        long before = script.Connection!.CongestionWindow;
        script.Inject(Say.Ack(1, 201) with { Flags = SegmentFlags.Ack | BitsOf(7) });
        long after = script.Connection.CongestionWindow;
        Assert.InRange(after, before * share * 0.9, before * share * 1.1);
        script.Inject(Say.Ack(1, 301) with { Flags = SegmentFlags.Ack | BitsOf(0) });
        Assert.Equal(after, script.Connection.CongestionWindow);

        // The first that is about what was sent after that counts anew.
        long sent = script.TakeAll().Max(s => s.Sequence + s.Payload.Length);
        for (long acknowledged = 401; acknowledged <= sent; acknowledged += 100)
        {
            script.Inject(Say.Ack(1, acknowledged) with { Flags = SegmentFlags.Ack | BitsOf(0) });
        }

        script.TakeAll();
        long opened = script.Connection.CongestionWindow;
        script.Inject(Say.Ack(1, sent + 200) with { Flags = SegmentFlags.Ack | BitsOf(1) });
        Assert.True(script.Connection.CongestionWindow < opened);
        Assert.Equal((4, 0), (script.Connection.Statistics.MarksReported, script.Connection.Statistics.Retransmissions));
    }

    [Fact]
    [Conformance(127)]
    public void Data_that_waits_for_the_handshake_goes_behind_the_ack_that_reports_it()
    {
        ConnectionScript script = ConnectionScript.Connecting(Request with { QuickAcknowledgments = 16 });
        script.Write(new byte[50]);
        script.TakeAll();
        script.Inject(Answer(0b010, EcnCodepoint.Ect0));
        Assert.Equal(4, Said(script.Expect("a pure ACK that tells what the answer arrived as", s => s.Payload.IsEmpty)).Code);
        Assert.Equal(5, Said(script.Expect("the data", s => s.Payload.Length == 50)).Code);
        script.Inject(Say.Data(1, 51, new byte[10]));
        Assert.Equal(5, Said(script.Expect("an ACK", s => s.Payload.IsEmpty)).Code);
    }

    [Fact]
    [Conformance(127)]
    public void An_acknowledgment_overtaken_by_a_newer_one_reports_nothing()
    {
        ConnectionScript script = Server(new ConnectionOptions { Pacing = false });
        script.Write(new byte[1_000]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 301) with { Flags = SegmentFlags.Ack | BitsOf(6) });
        long window = script.Connection!.CongestionWindow;
        script.Inject(Say.Ack(1, 201) with { Flags = SegmentFlags.Ack | BitsOf(5) });
        Assert.Equal((1, window), (script.Connection.Statistics.MarksReported, script.Connection.CongestionWindow));
    }

    [Fact]
    [Conformance(127)]
    public void What_is_sent_again_is_not_to_be_marked_and_a_syn_asks_twice()
    {
        ConnectionScript client = ConnectionScript.Connecting(Request);
        client.TakeAll();
        client.Advance(TimeSpan.FromSeconds(1.5));
        client.Expect("the SYN again, as it was (RFC 9768, 3.1.4.1)", s => s.Flags == (SegmentFlags.Syn | Bits));
        client.Advance(TimeSpan.FromSeconds(2));
        client.Expect("the SYN without ECN, in case it is that", s => s.Flags == SegmentFlags.Syn);

        // The answer may still be to the first of them, and a client may go by it (3.1.5).
        client.Inject(Answer(0b010, EcnCodepoint.Ect0));
        client.TakeAll();
        client.Write(new byte[100]);
        Assert.Equal(EcnCodepoint.Ect0, client.Expect("data", s => s.Payload.Length == 100).Ecn);
        client.Advance(TimeSpan.FromSeconds(10));
        IReadOnlyList<ScriptedSegment> repeated = client.TakeAll();
        Assert.NotEmpty(repeated);
        Assert.All(repeated, s => Assert.Equal(EcnCodepoint.NotEct, s.Ecn));
    }

    [Theory]
    [InlineData(EcnCodepoint.NotEct, 0b010)]
    [InlineData(EcnCodepoint.Ce, 0b110)]
    [Conformance(127)]
    public void The_ack_of_a_repeated_answer_says_what_the_copy_arrived_as(EcnCodepoint copy, int code)
    {
        ConnectionScript script = ConnectionScript.Connecting(Request);
        script.TakeAll();
        script.Inject(Answer(0b010, EcnCodepoint.Ect0));
        Assert.Equal(0b100, Said(script.Expect("an ACK", s => s.Payload.IsEmpty)).Code);
        script.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++)
        {
            script.Inject(Answer(0b010, copy));
            Assert.Equal(code, Said(script.Expect("an ACK", s => s.Payload.IsEmpty)).Code);
            script.Advance(TimeSpan.FromSeconds(1));
        }

        // A marked SYN_ACK counts once, of however many copies (RFC 9768, 3.2.2.2).
        script.Write(new byte[10]);
        Assert.Equal(copy == EcnCodepoint.Ce ? 6 : 5, Said(script.Expect("data", s => s.Payload.Length == 10)).Code);
    }

    [Fact]
    [Conformance(127)]
    public void A_repeated_syn_is_answered_with_what_the_latest_copy_arrived_as()
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Pacing = false });
        script.Inject(Asking(EcnCodepoint.Ect0));
        Assert.Equal(0b100, Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))).Code);
        script.Inject(Asking(EcnCodepoint.Ect1));
        Assert.Equal(0b011, Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))).Code);

        // A copy without a request: the client may have fallen back (RFC 9768, 3.1.5).
        script.Inject(Asking(EcnCodepoint.NotEct) with { Flags = SegmentFlags.Syn });
        Assert.Equal(0b010, Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))).Code);
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(0b010), Sequence = 1, Acknowledgment = 1 });
        script.Write(new byte[10]);
        Assert.Equal((5, EcnCodepoint.NotEct), Said(script.Expect("data that may not be marked, with our count", s => s.Payload.Length == 10)));
    }

    [Theory]
    [InlineData(0b111, 0b011)]
    [InlineData(0b011, 0b111)]
    [Conformance(127)]
    public void Two_syns_that_ask_for_different_feedback_are_reset(int first, int second)
    {
        ConnectionScript script = ConnectionScript.Listening();
        script.Inject(Asking(EcnCodepoint.NotEct) with { Flags = SegmentFlags.Syn | BitsOf(first) });
        script.TakeAll();
        script.Inject(Asking(EcnCodepoint.NotEct) with { Flags = SegmentFlags.Syn | BitsOf(second) });
        script.Expect("a RST (RFC 9768, 3.1.5)", s => s.Has(SegmentFlags.Rst));
        Assert.Equal(0, script.Connections);
    }

    [Fact]
    [Conformance(127)]
    public void An_answer_that_stays_unanswered_loses_first_its_option_and_then_its_flags()
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Pacing = false });
        script.Inject(Asking(EcnCodepoint.Ect0));
        ScriptedSegment answer = script.Expect("an answer", s => s.Has(SegmentFlags.Syn));
        Assert.Equal((0b100, new AccurateEcnCounters(1, 0, 1)), (Said(answer).Code, answer.Options.AccurateEcn));
        script.Advance(TimeSpan.FromSeconds(1.5));
        answer = script.Expect("the answer again", s => s.Has(SegmentFlags.Syn));
        Assert.Equal((0b100, null), (Said(answer).Code, answer.Options.AccurateEcn));
        script.Advance(TimeSpan.FromSeconds(2));
        answer = script.Expect("the answer without ECN", s => s.Has(SegmentFlags.Syn));
        Assert.Equal((0, null), (Said(answer).Code, answer.Options.AccurateEcn));

        // Nobody knows which one the client goes by: no ECT, but reports as agreed.
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(0b010), Sequence = 1, Acknowledgment = 1 });
        script.Write(new byte[10]);
        Assert.Equal((5, EcnCodepoint.NotEct), Said(script.Expect("data", s => s.Payload.Length == 10)));
    }

    [Fact]
    [Conformance(127)]
    public void A_syn_or_an_answer_that_arrived_marked_leaves_a_window_of_one_segment()
    {
        ConnectionScript client = ConnectionScript.Connecting(Request);
        client.TakeAll();
        client.Inject(Answer(0b110, EcnCodepoint.NotEct));
        Assert.Equal((100, 1), (client.Connection!.CongestionWindow, client.Connection.Statistics.MarksReported));

        ConnectionScript server = ConnectionScript.Listening(new ConnectionOptions { Timestamps = false });
        server.Inject(Asking(EcnCodepoint.NotEct));
        server.TakeAll();
        server.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(0b110), Sequence = 1, Acknowledgment = 1 });
        Assert.Equal(100, server.Connection!.CongestionWindow);

        // s.cep is 6 now: what the client counted is not counted again.
        server.Write(new byte[10]);
        server.TakeAll();
        server.Inject(Say.Ack(1, 11) with { Flags = SegmentFlags.Ack | BitsOf(6) });
        Assert.Equal(1, server.Connection.Statistics.MarksReported);
    }

    [Fact]
    [Conformance(127)]
    public void A_request_that_nobody_has_defined_yet_is_taken_for_one()
    {
        foreach (int asked in (int[])[0b001, 0b010, 0b100, 0b101, 0b110])
        {
            ConnectionScript script = ConnectionScript.Listening();
            script.Inject(Asking(EcnCodepoint.NotEct) with { Flags = SegmentFlags.Syn | BitsOf(asked) });
            Assert.Equal(0b010, Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))).Code);
        }
    }
}
