using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>A segment that one end sent or received.</summary>
public sealed record SegmentRecord
{
    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>Its header.</summary>
    public required SegmentHeader Header { get; init; }

    /// <summary>What it is called: SYN, SYN_ACK, ACK, DATA, FIN, RST.</summary>
    public required string Kind { get; init; }

    /// <summary>Bytes of payload.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Offset in its direction's stream of its first sequence number: the SYN is at 0, the first byte at 1.</summary>
    public long Start { get; init; }

    /// <summary>Offset behind its last sequence number.</summary>
    public long End { get; init; }

    /// <summary>What it acknowledges, as an offset in the other direction's stream.</summary>
    public long Acknowledged { get; init; }

    /// <summary>The window it offers, in bytes.</summary>
    public long Window { get; init; }

    /// <summary>What it reports as received out of order (RFC 2018), as offsets in the other direction's stream.</summary>
    public IReadOnlyList<(long Start, long End)> Sack { get; init; } = [];

    /// <summary>Why it was sent.</summary>
    public SegmentPurpose Purpose { get; init; }

    /// <summary>Whether it was sent before, in whole or in part.</summary>
    public bool IsRetransmission { get; init; }
}
