using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using static NetLab.Tcp.Tests.Connections.Ecn.EcnWords;

namespace NetLab.Tcp.Tests.Connections.Ecn;

/// <summary>The echo of RFC 3168, from both ends.</summary>
public sealed class ClassicEcnTests
{
    [Fact]
    [Conformance(127)]
    public void A_peer_that_knows_only_RFC_3168_is_echoed_until_it_says_that_it_has_answered()
    {
        ConnectionScript script = ConnectionScript.Listening(new ConnectionOptions { Pacing = false });
        script.Inject(Asking(EcnCodepoint.NotEct) with { Flags = SegmentFlags.Syn | SegmentFlags.Ece | SegmentFlags.Cwr });
        script.Expect("ECE alone", s => s.Flags == (SegmentFlags.Syn | SegmentFlags.Ack | SegmentFlags.Ece));
        script.Inject(Say.Ack(1, 1));
        script.Inject(Say.Data(1, 1, new byte[10]) with { Ecn = EcnCodepoint.Ce });
        script.Expect("an echo", s => s.Flags == (SegmentFlags.Ack | SegmentFlags.Ece));
        script.Inject(Say.Data(11, 1, new byte[10]) with { Ecn = EcnCodepoint.Ect0 });
        script.Expect("an echo", s => s.Flags == (SegmentFlags.Ack | SegmentFlags.Ece));
        ScriptedSegment reduced = Say.Data(21, 1, new byte[10]);
        script.Inject(reduced with { Flags = reduced.Flags | SegmentFlags.Cwr, Ecn = EcnCodepoint.Ect0 });
        script.Expect("no echo", s => s.Flags == SegmentFlags.Ack);
    }

    [Fact]
    [Conformance(127)]
    public void An_echo_of_RFC_3168_is_answered_once_a_round_trip_and_said_on_the_next_new_data()
    {
        ConnectionScript script = ConnectionScript.Connecting(new ConnectionOptions { Ecn = EcnMode.RequestClassic, Pacing = false });
        script.Expect("a SYN that asks", s => s.Flags == (SegmentFlags.Syn | SegmentFlags.Ece | SegmentFlags.Cwr));
        script.Inject(Answer(0b001, EcnCodepoint.NotEct));
        script.TakeAll();
        script.Write(new byte[5_000]);
        Assert.All(script.TakeAll(), s => Assert.Equal((EcnCodepoint.Ect0, false), (s.Ecn, s.Has(SegmentFlags.Cwr))));
        long before = script.Connection!.CongestionWindow;
        script.Inject(Say.Ack(1, 101) with { Flags = SegmentFlags.Ack | SegmentFlags.Ece });
        long after = script.Connection.CongestionWindow;
        Assert.True(after < before);
        script.Inject(Say.Ack(1, 201) with { Flags = SegmentFlags.Ack | SegmentFlags.Ece });
        Assert.Equal(after, script.Connection.CongestionWindow);
        script.Inject(Say.Ack(1, 801) with { Flags = SegmentFlags.Ack | SegmentFlags.Ece });
        IReadOnlyList<ScriptedSegment> next = script.TakeAll();
        Assert.NotEmpty(next);
        Assert.Equal([true, .. Enumerable.Repeat(false, next.Count - 1)], next.Select(s => s.Has(SegmentFlags.Cwr)));
    }
}
