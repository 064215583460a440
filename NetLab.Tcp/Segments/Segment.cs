using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Segments;

/// <summary>A segment that was read: a header, and the payload where it stands in the datagram.</summary>
/// <param name="header">The header.</param>
/// <param name="payload">The payload, valid as long as the datagram's buffer.</param>
public readonly ref struct Segment(SegmentHeader header, ReadOnlySpan<byte> payload)
{
    /// <summary>The header.</summary>
    public SegmentHeader Header { get; } = header;

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>The ECN field of the IP header it came in (RFC 3168, 5).</summary>
    public EcnCodepoint Ecn { get; init; }

    /// <summary>SEG.LEN: sequence numbers occupied, SYN and FIN counted (RFC 9293, 3.3.1).</summary>
    public int SequenceLength => Payload.Length + (Header.Has(SegmentFlags.Syn) ? 1 : 0) + (Header.Has(SegmentFlags.Fin) ? 1 : 0);
}
