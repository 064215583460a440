namespace NetLab.Tcp.Segments;

/// <summary>A segment's header as values (RFC 9293, 3.1).</summary>
public readonly record struct SegmentHeader
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinSize = 20;

    /// <summary>Bytes of the largest header: a data offset of 15 words.</summary>
    public const int MaxSize = 60;

    /// <summary>Source port, 0 to 65535.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>Destination port, 0 to 65535.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>SEG.SEQ.</summary>
    public SequenceNumber Sequence { get; init; }

    /// <summary>SEG.ACK; meaningless without <see cref="SegmentFlags.Ack"/>.</summary>
    public SequenceNumber Acknowledgment { get; init; }

    /// <summary>The control bits.</summary>
    public SegmentFlags Flags { get; init; }

    /// <summary>SEG.WND as sent, before scaling.</summary>
    public ushort Window { get; init; }

    /// <summary>The options.</summary>
    public SegmentOptions Options { get; init; }

    /// <summary>Whether every bit of <paramref name="flags"/> is set.</summary>
    public bool Has(SegmentFlags flags) => (Flags & flags) == flags;
}
