using NetLab.Osi.Model;
using NetLab.Osi.Session;

namespace NetLab.Osi.Indexing;

/// <summary>A packet as a row of a list shows it.</summary>
/// <param name="Number">Its ordinal in the capture, from 1.</param>
/// <param name="Time">Nanoseconds since 1970-01-01 UTC; null if the capture does not say.</param>
/// <param name="RelativeTime">Nanoseconds since the first packet that has a time.</param>
/// <param name="OriginalLength">Bytes it had on the wire.</param>
/// <param name="CapturedLength">Bytes captured.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">To whom.</param>
/// <param name="Protocol">The highest protocol found in it.</param>
/// <param name="Layer">That protocol's layer.</param>
/// <param name="About">What it is about.</param>
/// <param name="Comment">The capture's note on it, shortened; null if there is none.</param>
/// <param name="TcpStream">The number of its TCP stream; null if it has none.</param>
/// <param name="UdpConversation">The number of its UDP conversation; null if it has none.</param>
/// <param name="FromFirst">Whether the end that opened its conversation sent it.</param>
/// <param name="Marks">What stands out about its TCP segment.</param>
/// <param name="IsStopped">Whether decoding stopped before its end.</param>
public sealed record IndexedPacket(
    long Number, long? Time, long RelativeTime, long OriginalLength, int CapturedLength, string Source, string Destination, string Protocol, OsiLayer Layer,
    string About, string? Comment, int? TcpStream, int? UdpConversation, bool FromFirst, TcpAnalysisFlags Marks, bool IsStopped);
