using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using static NetLab.Tcp.Tests.Connections.Ecn.EcnWords;

namespace NetLab.Tcp.Tests.Connections.Ecn;

/// <summary>Counters of bytes (RFC 9768, 3.2.3): when they are told, beside what, and what they prove.</summary>
public sealed class AccurateEcnOptionTests
{
    [Theory]
    [InlineData(9, null, 9)] // 6 and then 7: nine segments, two or ten marks; no more than nine can be, one if none came round
    [InlineData(9, 100u, 1)] // the option says 100 bytes: one segment
    [InlineData(9, 900u, 9)] // all of them
    [InlineData(7, null, 1)]
    [Conformance(127)]
    public void A_count_of_three_bits_may_have_come_round_when_an_ack_covers_eight_segments(int segments, uint? markedBytes, int marks)
    {
        ConnectionScript script = Server(new ConnectionOptions { Pacing = false, Timestamps = false });
        script.Write(new byte[1_000]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 1 + (100 * segments)) with
        {
            Flags = SegmentFlags.Ack | BitsOf(6),
            Options = new SegmentOptions { AccurateEcn = markedBytes is { } bytes ? new AccurateEcnCounters(1, bytes, 0, Fields: 2) : null },
        });
        Assert.Equal(marks, script.Connection!.Statistics.MarksReported);
    }

    [Fact]
    [Conformance(127)]
    public void Bytes_are_told_in_the_order_of_the_standard_and_only_what_ever_changed()
    {
        ConnectionScript script = Server(new ConnectionOptions { Timestamps = false });
        AccurateEcnCounters? After(long seq, EcnCodepoint ecn)
        {
            script.Inject(Say.Data(seq, 1, new byte[100]) with { Ecn = ecn });
            return script.Expect("an ACK", s => s.Payload.IsEmpty).Options.AccurateEcn;
        }

        Assert.Null(After(1, EcnCodepoint.NotEct));
        Assert.Equal(new AccurateEcnCounters(101, 0, 0, 1), After(101, EcnCodepoint.Ect0));
        Assert.Equal(new AccurateEcnCounters(101, 100, 0, 2), After(201, EcnCodepoint.Ce));
        Assert.Equal(new AccurateEcnCounters(201, 100, 0, 2), After(301, EcnCodepoint.Ect0));
        Assert.Equal(new AccurateEcnCounters(201, 100, 101, 3), After(401, EcnCodepoint.Ect1));
        Assert.Null(After(501, EcnCodepoint.NotEct));

        ConnectionScript other = Server(new ConnectionOptions { Timestamps = false });
        script = other;
        Assert.Equal(new AccurateEcnCounters(0, 0, 101, 1, Ect1First: true), After(1, EcnCodepoint.Ect1));
        Assert.Equal(new AccurateEcnCounters(0, 100, 101, 2, Ect1First: true), After(101, EcnCodepoint.Ce));
    }

    [Fact]
    [Conformance(78, 127)]
    public void Two_sack_blocks_go_before_marks_and_marks_before_a_third()
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Pacing = false });
        SegmentOptions options = Mss100 with { SackPermitted = true, Timestamps = new SegmentTimestamps(1, 0) };
        script.Inject(Asking(EcnCodepoint.NotEct) with { Options = options });
        script.TakeAll();
        SegmentOptions stamps = new() { Timestamps = new SegmentTimestamps(2, 0) };
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(0b010), Sequence = 1, Acknowledgment = 1, Options = stamps });
        ScriptedSegment? last = null;
        foreach (long seq in (long[])[201, 401, 601])
        {
            script.Inject(Say.Data(seq, 1, new byte[100]) with { Ecn = EcnCodepoint.Ect0, Options = stamps });
            last = script.Expect("an ACK", s => s.Payload.IsEmpty);
        }

        // 12 of timestamps, 20 of two blocks and 8 of one counter are 40.
        Assert.Equal((2, new AccurateEcnCounters(301, 0, 0, 1)), (last!.Options.Sack.Count, last.Options.AccurateEcn));
        script.Inject(Say.Data(801, 1, new byte[100]) with { Ecn = EcnCodepoint.Ect1, Options = stamps });
        last = script.Expect("an ACK", s => s.Payload.IsEmpty);
        Assert.Equal((2, new AccurateEcnCounters(0, 0, 101, 1, Ect1First: true)), (last.Options.Sack.Count, last.Options.AccurateEcn));
    }

    [Fact]
    [Conformance(127)]
    public void Data_that_arrives_without_any_count_of_bytes_moving_goes_over_a_path_that_clears_the_field()
    {
        ConnectionScript script = ConnectionScript.Connecting(Request);
        script.TakeAll();
        ScriptedSegment answer = Answer(0b010, EcnCodepoint.NotEct);
        script.Inject(answer with { Options = answer.Options with { AccurateEcn = new AccurateEcnCounters(1, 0, 1) } });
        script.TakeAll();
        script.Write(new byte[10_000]);
        long acknowledged = 1;
        for (int i = 0; i < 12; i++)
        {
            acknowledged += 100;
            script.Inject(Say.Ack(1, acknowledged) with { Flags = SegmentFlags.Ack | BitsOf(5) });
        }

        IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
        Assert.Equal((EcnCodepoint.Ect0, EcnCodepoint.NotEct), (sent[0].Ecn, sent[^1].Ecn));
    }
}
