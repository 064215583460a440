using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Connections.Ecn;

/// <summary>Marks instead of losses: the handshake of RFC 9768, its counters, and what is made of them.</summary>
public sealed class AccurateEcnTests
{
    private const SegmentFlags Bits = SegmentFlags.Ae | SegmentFlags.Cwr | SegmentFlags.Ece;
    private static readonly ConnectionOptions Request = new() { Ecn = EcnMode.Request, Pacing = false };
    private static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };

    [Fact]
    [Conformance(127)]
    public void Who_asks_and_is_answered_sends_what_may_be_marked_and_counts_from_five()
    {
        ConnectionScript script = ConnectionScript.Connecting(Request);
        ScriptedSegment syn = script.Expect("a SYN that asks", s => s.Flags == (SegmentFlags.Syn | Bits));
        Assert.Equal(EcnCodepoint.Ect0, syn.Ecn);
        script.Inject(Answer(0b100, EcnCodepoint.Ect0));
        Assert.Equal((0b100, EcnCodepoint.NotEct), Said(script.Expect("an ACK that tells what the answer arrived as", s => s.Payload.IsEmpty)));
        script.Write(new byte[100]);
        Assert.Equal((5, EcnCodepoint.Ect0), Said(script.Expect("data", s => s.Payload.Length == 100)));
    }

    [Theory]
    [InlineData(0b010, true)] // the SYN arrived without its mark: the path clears it
    [InlineData(0b000, false)] // a peer without ECN
    [InlineData(0b001, false)] // one that knows only RFC 3168
    [InlineData(0b111, false)] // one that throws back whatever it gets
    [Conformance(127)]
    public void A_path_that_clears_marks_or_a_peer_without_them_turns_them_off(int answer, bool reports)
    {
        ConnectionScript script = ConnectionScript.Connecting(Request);
        script.TakeAll();
        script.Inject(Answer(answer, EcnCodepoint.Ect0));
        script.TakeAll();
        script.Write(new byte[100]);

        // Our own reports go on where the peer speaks them: only one direction need be bad.
        Assert.Equal((reports ? 5 : 0, EcnCodepoint.NotEct), Said(script.Expect("data", s => s.Payload.Length == 100)));
    }

    [Theory]
    [InlineData(0b100, EcnCodepoint.Ect0)]
    [InlineData(0b010, EcnCodepoint.NotEct)]
    [Conformance(127)]
    public void Who_is_asked_answers_and_learns_from_the_last_ack_whether_its_own_path_clears_marks(int code, EcnCodepoint expected)
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Pacing = false });
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | Bits, Options = Mss100, Ecn = EcnCodepoint.Ect0 });
        Assert.Equal((0b100, EcnCodepoint.Ect0), Said(script.Expect("an answer", s => s.Has(SegmentFlags.Syn))));
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
        script.Inject(Say.Ack(1, sent) with { Flags = SegmentFlags.Ack | BitsOf(0) });
        script.TakeAll();
        long opened = script.Connection.CongestionWindow;
        script.Inject(Say.Ack(1, sent + 200) with { Flags = SegmentFlags.Ack | BitsOf(1) });
        Assert.True(script.Connection.CongestionWindow < opened);
        Assert.Equal((4, 0), (script.Connection.Statistics.MarksReported, script.Connection.Statistics.Retransmissions));
    }

    [Fact]
    [Conformance(127)]
    public void Where_data_ends_the_handshake_a_later_acknowledgment_is_not_taken_for_its_end()
    {
        ConnectionScript script = ConnectionScript.Connecting(Request with { QuickAcknowledgments = 16 });
        script.Write(new byte[50]);
        script.TakeAll();
        script.Inject(Answer(0b100, EcnCodepoint.Ect0));
        Assert.Equal(5, Said(script.Expect("data that acknowledges the answer", s => s.Payload.Length == 50)).Code);
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
    public void What_is_sent_again_is_not_to_be_marked_and_a_syn_does_not_ask_twice()
    {
        ConnectionScript client = ConnectionScript.Connecting(Request);
        client.TakeAll();
        client.Advance(TimeSpan.FromSeconds(1.5));
        ScriptedSegment again = client.Expect("the SYN again", s => s.Flags == SegmentFlags.Syn);
        Assert.Equal(EcnCodepoint.NotEct, again.Ecn);

        // The answer may still be to the first of them.
        client.Inject(Answer(0b100, EcnCodepoint.Ect0));
        client.TakeAll();
        client.Write(new byte[100]);
        Assert.Equal(EcnCodepoint.Ect0, client.Expect("data", s => s.Payload.Length == 100).Ecn);
        client.Advance(TimeSpan.FromSeconds(10));
        IReadOnlyList<ScriptedSegment> repeated = client.TakeAll();
        Assert.NotEmpty(repeated);
        Assert.All(repeated, s => Assert.Equal(EcnCodepoint.NotEct, s.Ecn));
    }

    private static ConnectionScript Server(ConnectionOptions options)
    {
        ConnectionScript script = ConnectionScript.Listening(options);
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | Bits, Options = Mss100, Ecn = EcnCodepoint.Ect0 });
        script.TakeAll();
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(0b100), Sequence = 1, Acknowledgment = 1 });
        script.ExpectState(ConnectionState.Established);
        return script;
    }

    private static ScriptedSegment Answer(int code, EcnCodepoint ecn)
    {
        ScriptedSegment answer = Say.SynAck(1, Mss100);
        return answer with { Flags = answer.Flags | BitsOf(code), Ecn = ecn };
    }

    private static (int Code, EcnCodepoint Ecn) Said(ScriptedSegment segment) =>
        ((segment.Has(SegmentFlags.Ae) ? 4 : 0) | (segment.Has(SegmentFlags.Cwr) ? 2 : 0) | (segment.Has(SegmentFlags.Ece) ? 1 : 0), segment.Ecn);

    private static SegmentFlags BitsOf(int code) =>
        ((code & 4) != 0 ? SegmentFlags.Ae : 0) | ((code & 2) != 0 ? SegmentFlags.Cwr : 0) | ((code & 1) != 0 ? SegmentFlags.Ece : 0);
}
