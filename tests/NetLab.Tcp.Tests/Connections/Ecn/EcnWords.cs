using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Connections.Ecn;

/// <summary>What tests of ECN say over and over.</summary>
internal static class EcnWords
{
    /// <summary>All three flags.</summary>
    public const SegmentFlags Bits = SegmentFlags.Ae | SegmentFlags.Cwr | SegmentFlags.Ece;

    /// <summary>A client that asks for accurate feedback.</summary>
    public static readonly ConnectionOptions Request = new() { Ecn = EcnMode.Request, Pacing = false };

    /// <summary>Segments small enough to have many of.</summary>
    public static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };

    /// <summary>A SYN that asks for accurate feedback.</summary>
    public static ScriptedSegment Asking(EcnCodepoint ecn) => new() { Flags = SegmentFlags.Syn | Bits, Options = Mss100, Ecn = ecn };

    /// <summary>A server whose client has asked, and is there.</summary>
    public static ConnectionScript Server(ConnectionOptions options)
    {
        ConnectionScript script = ConnectionScript.Listening(options);
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn | Bits, Options = Mss100, Ecn = EcnCodepoint.Ect0 });
        script.TakeAll();
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack | BitsOf(0b010), Sequence = 1, Acknowledgment = 1 });
        script.ExpectState(ConnectionState.Established);
        return script;
    }

    /// <summary>A SYN_ACK with a code of its three flags.</summary>
    public static ScriptedSegment Answer(int code, EcnCodepoint ecn)
    {
        ScriptedSegment answer = Say.SynAck(1, Mss100);
        return answer with { Flags = answer.Flags | BitsOf(code), Ecn = ecn };
    }

    /// <summary>The three flags of a segment as a number, and the ECN field of its IP header.</summary>
    public static (int Code, EcnCodepoint Ecn) Said(ScriptedSegment segment) =>
        ((segment.Has(SegmentFlags.Ae) ? 4 : 0) | (segment.Has(SegmentFlags.Cwr) ? 2 : 0) | (segment.Has(SegmentFlags.Ece) ? 1 : 0), segment.Ecn);

    /// <summary>A number as the three flags.</summary>
    public static SegmentFlags BitsOf(int code) =>
        ((code & 4) != 0 ? SegmentFlags.Ae : 0) | ((code & 2) != 0 ? SegmentFlags.Cwr : 0) | ((code & 1) != 0 ? SegmentFlags.Ece : 0);
}
