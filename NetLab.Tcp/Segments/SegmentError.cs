namespace NetLab.Tcp.Segments;

/// <summary>Why a datagram is not a segment. Such datagrams are counted and dropped without an answer.</summary>
public enum SegmentError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Shorter than a header, or than its header says it is.</summary>
    Truncated,

    /// <summary>The data offset is less than five words.</summary>
    BadDataOffset,

    /// <summary>An option's length is impossible.</summary>
    BadOption,

    /// <summary>The checksum does not match.</summary>
    BadChecksum,
}
