namespace NetLab.Tcp.Segments;

/// <summary>The options of a segment, read: what is absent is null.</summary>
public readonly record struct SegmentOptions
{
    /// <summary>Maximum segment size (RFC 9293, 3.7.1): bytes of payload and options the sender takes in one segment.</summary>
    public int? MaxSegmentSize { get; init; }

    /// <summary>Window scale (RFC 7323, 2): how far the sender shifts its window fields, as it was sent.</summary>
    public int? WindowScale { get; init; }

    /// <summary>Whether SACK may be sent to the sender (RFC 2018, 2).</summary>
    public bool SackPermitted { get; init; }

    /// <summary>Selective acknowledgments.</summary>
    public SackBlocks Sack { get; init; }

    /// <summary>Timestamps.</summary>
    public SegmentTimestamps? Timestamps { get; init; }

    /// <summary>What arrived with which ECN field, in bytes (RFC 9768, 3.2.3).</summary>
    public AccurateEcnCounters? AccurateEcn { get; init; }
}
