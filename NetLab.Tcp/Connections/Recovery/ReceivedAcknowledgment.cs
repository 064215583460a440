using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>What loss recovery goes by in an acknowledgment.</summary>
/// <param name="Now">When it arrived.</param>
/// <param name="Before">SND.UNA before it.</param>
/// <param name="Acknowledged">Its number as a stream offset.</param>
/// <param name="Next">SND.NXT.</param>
internal readonly record struct ReceivedAcknowledgment(Instant Now, long Before, long Acknowledged, long Next)
{
    /// <summary>Whether it acknowledges something new.</summary>
    public bool Advances => Acknowledged > Before;

    /// <summary>SND.UNA behind it.</summary>
    public long Unacknowledged => Math.Max(Before, Acknowledged);

    /// <summary>Whether it is a duplicate ACK (RFC 5681, 2).</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>Whether it has SACK blocks.</summary>
    public bool HasSack { get; init; }

    /// <summary>Whether it tells of anything that had not been known to have arrived.</summary>
    public bool IsNews { get; init; }

    /// <summary>What it reports as received twice (RFC 2883), or null.</summary>
    public (long Start, long End)? Duplicate { get; init; }

    /// <summary>The timestamp of ours that it echoes, or null.</summary>
    public uint? Echo { get; init; }
}
