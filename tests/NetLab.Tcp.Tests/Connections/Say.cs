using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Segments as a test says them: a constructor a kind, numbers counted from the ISNs.</summary>
internal static class Say
{
    public static ScriptedSegment Syn(SegmentOptions options = default, long seq = 0) => new() { Flags = SegmentFlags.Syn, Sequence = seq, Options = options };

    public static ScriptedSegment SynAck(long ack = 1, SegmentOptions options = default) =>
        new() { Flags = SegmentFlags.Syn | SegmentFlags.Ack, Acknowledgment = ack, Options = options };

    public static ScriptedSegment Ack(long seq, long ack, ushort window = ushort.MaxValue) =>
        new() { Flags = SegmentFlags.Ack, Sequence = seq, Acknowledgment = ack, Window = window };

    public static ScriptedSegment Data(long seq, long ack, ReadOnlyMemory<byte> bytes) =>
        new() { Flags = SegmentFlags.Ack | SegmentFlags.Psh, Sequence = seq, Acknowledgment = ack, Payload = bytes };

    public static ScriptedSegment Fin(long seq, long ack, ReadOnlyMemory<byte> bytes = default) =>
        new() { Flags = SegmentFlags.Fin | SegmentFlags.Ack, Sequence = seq, Acknowledgment = ack, Payload = bytes };

    /// <summary>An acknowledgment with SACK blocks, in numbers of the endpoint's stream and in the order given.</summary>
    public static ScriptedSegment Sack(ConnectionScript script, long ack, params (long Start, long End)[] blocks)
    {
        var sack = default(SackBlocks);
        foreach ((long start, long end) in blocks)
        {
            sack.Add(new SackBlock(script.OwnNumber(start), script.OwnNumber(end)));
        }

        return Ack(1, ack) with { Options = new SegmentOptions { Sack = sack } };
    }

    public static ScriptedSegment Rst(long seq) => new() { Flags = SegmentFlags.Rst, Sequence = seq };

    public static ScriptedSegment RstAck(long ack, long seq = 0) =>
        new() { Flags = SegmentFlags.Rst | SegmentFlags.Ack, Sequence = seq, Acknowledgment = ack };

    /// <summary>Bytes 0, 1, 2 …, so that a byte's value tells its place.</summary>
    public static byte[] Bytes(int count, int first = 0) => [.. Enumerable.Range(first, count).Select(i => (byte)i)];
}
