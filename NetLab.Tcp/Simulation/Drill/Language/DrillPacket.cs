using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>A segment as a script writes it.</summary>
internal sealed record DrillPacket
{
    /// <summary>Whether the script sends it; otherwise the machine has to.</summary>
    public required bool IsInbound { get; init; }

    /// <summary>What stands in the script, on one line.</summary>
    public required string Text { get; init; }

    /// <summary>The control bits.</summary>
    public SegmentFlags Flags { get; init; }

    /// <summary>SEG.SEQ as the script counts; null for any.</summary>
    public uint? Sequence { get; init; }

    /// <summary>Bytes of payload.</summary>
    public int Length { get; init; }

    /// <summary>SEG.ACK as the script counts; null if it does not say.</summary>
    public uint? Acknowledgment { get; init; }

    /// <summary>The window field; null if the script does not say.</summary>
    public ushort? Window { get; init; }

    /// <summary>The urgent pointer.</summary>
    public ushort UrgentPointer { get; init; }

    /// <summary>The options in their order; null for any (<c>&lt;...&gt;</c>).</summary>
    public IReadOnlyList<DrillOption>? Options { get; init; } = [];

    /// <summary>The ECN field of the IP header: one of these; empty if the script does not say.</summary>
    public IReadOnlyList<EcnCodepoint> Ecn { get; init; } = [];

    /// <summary>Whether every bit of <paramref name="flags"/> is set.</summary>
    public bool Has(SegmentFlags flags) => (Flags & flags) == flags;

    /// <summary>The first option of a kind; null if there is none.</summary>
    public DrillOption? Find(byte kind) => Options?.FirstOrDefault(o => o.Kind == kind);
}
