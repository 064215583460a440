namespace NetLab.Tcp.Segments;

/// <summary>
/// What a segment is called in a ladder and in a link string's <c>drop=</c>: SYN, SYN_ACK, ACK, DATA, FIN, RST; there, ANY is
/// every datagram, of whatever protocol.
/// </summary>
public static class SegmentKind
{
    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["SYN", "SYN_ACK", "ACK", "DATA", "FIN", "RST", Any];

    private const string Any = "ANY";

    /// <summary>The name of a segment; of several that would fit, the first of RST, SYN_ACK, SYN, FIN, DATA, ACK.</summary>
    public static string NameOf(in Segment segment) => NameOf(segment.Header.Flags, segment.Payload.Length);

    /// <summary>The name of a segment with such control bits and so many bytes of payload; see <see cref="NameOf(in Segment)"/>.</summary>
    public static string NameOf(SegmentFlags flags, int payloadLength) => (flags, payloadLength) switch
    {
        _ when (flags & SegmentFlags.Rst) != 0 => "RST",
        _ when (flags & (SegmentFlags.Syn | SegmentFlags.Ack)) == (SegmentFlags.Syn | SegmentFlags.Ack) => "SYN_ACK",
        _ when (flags & SegmentFlags.Syn) != 0 => "SYN",
        _ when (flags & SegmentFlags.Fin) != 0 => "FIN",
        (_, > 0) => "DATA",
        _ => "ACK",
    };

    /// <summary>Whether a datagram is a segment of that name. A FIN that carries data is also DATA.</summary>
    /// <param name="kind">One of <see cref="Names"/>.</param>
    /// <param name="datagram">A UDP payload, of whatever protocol.</param>
    public static bool Matches(string kind, ReadOnlySpan<byte> datagram) =>
        kind == Any
        || (SegmentReader.TryRead(datagram, out Segment segment, out _)
            && (NameOf(segment) == kind || (kind == "DATA" && segment.Payload.Length > 0)));
}
