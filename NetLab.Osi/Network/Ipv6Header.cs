using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>An IPv6 header (RFC 8200, 3), read where it stands.</summary>
public readonly ref struct Ipv6Header : IHeaderView<Ipv6Header>
{
    /// <summary>Bytes of header.</summary>
    public const int Size = 40;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The traffic class, 0 to 255: six bits of differentiated services, two of ECN.</summary>
    public int TrafficClass => (int)(BinaryPrimitives.ReadUInt32BigEndian(_bytes) >> 20) & 0xFF;

    /// <summary>The flow label, 20 bits (RFC 6437).</summary>
    public int FlowLabel => (int)(BinaryPrimitives.ReadUInt32BigEndian(_bytes) & 0xF_FFFF);

    /// <summary>Bytes behind this header, extension headers among them.</summary>
    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>The number of the extension header or protocol that follows (IANA, Protocol Numbers).</summary>
    public int NextHeader => _bytes[6];

    /// <summary>How many routers may still pass it on, 0 to 255.</summary>
    public int HopLimit => _bytes[7];

    /// <summary>The source address: 16 bytes.</summary>
    public ReadOnlySpan<byte> Source => _bytes.Slice(8, 16);

    /// <summary>The destination address: 16 bytes.</summary>
    public ReadOnlySpan<byte> Destination => _bytes.Slice(24, 16);

    /// <inheritdoc/>
    public static bool Reads(Protocol protocol) => protocol == Ipv6Protocol.Value;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv6Header view)
    {
        view = bytes.Length >= Size ? new Ipv6Header(bytes[..Size]) : default;
        return bytes.Length >= Size;
    }
}
