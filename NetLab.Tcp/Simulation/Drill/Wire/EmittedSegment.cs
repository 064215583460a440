using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>A segment that the machine sent, with its options as they stand on the wire.</summary>
/// <param name="At">When.</param>
/// <param name="Flow">The connection it belongs to.</param>
/// <param name="Flags">The control bits.</param>
/// <param name="Sequence">SEG.SEQ on the wire.</param>
/// <param name="Acknowledgment">SEG.ACK on the wire.</param>
/// <param name="Window">The window field.</param>
/// <param name="UrgentPointer">The urgent pointer.</param>
/// <param name="Options">The options in their order.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Ecn">The ECN field of its IP header.</param>
internal sealed record EmittedSegment(
    Instant At,
    DrillFlow Flow,
    SegmentFlags Flags,
    uint Sequence,
    uint Acknowledgment,
    ushort Window,
    ushort UrgentPointer,
    IReadOnlyList<DrillOption> Options,
    int Length,
    EcnCodepoint Ecn)
{
    /// <summary>What the peer knows of the machine's counters of bytes once it has it (RFC 9768, 3.2.3).</summary>
    public ToldCounters Told { get; init; }

    /// <summary>Whether every bit of <paramref name="flags"/> is set.</summary>
    public bool Has(SegmentFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether it is an acknowledgment and nothing else.</summary>
    public bool IsPureAcknowledgment => Length == 0 && (Flags & (SegmentFlags.Syn | SegmentFlags.Fin | SegmentFlags.Rst | SegmentFlags.Ack)) == SegmentFlags.Ack;

    /// <summary>The first option of a kind; null if there is none.</summary>
    public DrillOption? Find(byte kind) => Options.FirstOrDefault(o => o.Kind == kind);
}
