namespace NetLab.Osi.Captures;

/// <summary>A packet as it stands in a capture.</summary>
/// <param name="number">Its ordinal in the file, from 1.</param>
/// <param name="source">Where it was captured.</param>
/// <param name="time">Nanoseconds since 1970-01-01 UTC, or null if the file has none.</param>
/// <param name="originalLength">Bytes it had on the wire.</param>
/// <param name="bytes">The bytes kept of it, valid until the next packet is read.</param>
/// <param name="comment">A note that the file has on it, or null.</param>
/// <param name="fileOffset">Where its bytes begin in the file; -1 when they cannot be read there again.</param>
/// <param name="file">Which of several files that are read as one it is from, from 0.</param>
/// <param name="offsetInFile">Where its bytes begin in that file; -1 as above.</param>
/// <param name="customBlocks">How many custom blocks of pcapng stand before it in the file.</param>
public readonly ref struct CapturedPacket(
    long number, CaptureInterface source, long? time, long originalLength, ReadOnlySpan<byte> bytes, string? comment = null, long fileOffset = -1,
    int file = 0, long offsetInFile = -1, long customBlocks = 0)
{
    /// <summary>Its ordinal in the file, from 1.</summary>
    public long Number { get; } = number;

    /// <summary>Where it was captured.</summary>
    public CaptureInterface Source { get; } = source;

    /// <summary>Nanoseconds since 1970-01-01 UTC, or null.</summary>
    public long? Time { get; } = time;

    /// <summary>Bytes it had on the wire.</summary>
    public long OriginalLength { get; } = originalLength;

    /// <summary>The bytes kept of it.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>A note that the file has on it, or null.</summary>
    public string? Comment { get; } = comment;

    /// <summary>Where its bytes begin in the file; -1 when they cannot be read there again: from a pipe, a compressed file, or several files as one.</summary>
    public long FileOffset { get; } = fileOffset;

    /// <summary>Which of several files that are read as one it is from, from 0; 0 where there is one.</summary>
    public int File { get; } = file;

    /// <summary>Where its bytes begin in the file it is from, also where several are read as one; -1 in a pipe or a compressed file.</summary>
    public long OffsetInFile { get; } = fileOffset >= 0 ? fileOffset : offsetInFile;

    /// <summary>How many custom blocks of pcapng stand before it in the file: they are no packets, but Wireshark counts them.</summary>
    public long CustomBlocks { get; } = customBlocks;
}
