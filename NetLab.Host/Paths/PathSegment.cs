namespace NetLab.Host.Paths;

/// <summary>A data segment of a TCP conversation, as a capture at one place has it.</summary>
internal sealed class PathSegment(long time, long packet, int bytes, uint sequence, int payload)
{
    /// <summary>When it was seen, in nanoseconds.</summary>
    public long Time { get; } = time;

    /// <summary>The packet's number.</summary>
    public long Packet { get; } = packet;

    /// <summary>Its size with IP header.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>The number of its first byte.</summary>
    public uint Sequence { get; } = sequence;

    /// <summary>Bytes of data.</summary>
    public int Payload { get; } = payload;

    /// <summary>Whether it was sent again later, for it was lost.</summary>
    public bool IsLost { get; set; }

    /// <summary>Nanoseconds until its last byte was acknowledged; null if no acknowledgment was for it alone.</summary>
    public long? RoundTrip { get; set; }
}
