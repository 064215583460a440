namespace NetLab.Osi.Indexing;

/// <summary>A span of time of a capture and what was seen in it.</summary>
/// <param name="Start">Nanoseconds since the capture's first packet.</param>
/// <param name="Length">Nanoseconds.</param>
/// <param name="Packets">Packets.</param>
/// <param name="Bytes">Their bytes on the wire.</param>
/// <param name="Marked">Packets whose TCP segment stands out: a loss, a repair of one, or a closed window.</param>
/// <param name="FirstPacket">The number of the first one; 0 if there is none.</param>
public sealed record CaptureInterval(long Start, long Length, long Packets, long Bytes, long Marked, long FirstPacket);
