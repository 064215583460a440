using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Simulation;

/// <summary>
/// A segment as a script writes it: numbers counted from the initial sequence number of their direction, so that the
/// SYN is at 0 and the first byte of data at 1.
/// </summary>
public sealed record ScriptedSegment
{
    /// <summary>The control bits.</summary>
    public SegmentFlags Flags { get; init; }

    /// <summary>SEG.SEQ less the sender's ISN.</summary>
    public long Sequence { get; init; }

    /// <summary>SEG.ACK less the receiver's ISN; ignored without ACK.</summary>
    public long Acknowledgment { get; init; }

    /// <summary>SEG.WND as on the wire.</summary>
    public ushort Window { get; init; } = ushort.MaxValue;

    /// <summary>Options.</summary>
    public SegmentOptions Options { get; init; }

    /// <summary>The ECN field of its IP header.</summary>
    public EcnCodepoint Ecn { get; init; }

    /// <summary>Payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether every bit of <paramref name="flags"/> is set.</summary>
    public bool Has(SegmentFlags flags) => (Flags & flags) == flags;

    /// <inheritdoc/>
    public override string ToString() => $"{Flags} seq={Sequence} ack={Acknowledgment} win={Window} len={Payload.Length}";
}
