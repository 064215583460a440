using System.Buffers.Binary;

namespace NetLab.Osi.Network;

/// <summary>An IPv6 header (RFC 8200, 3), read where it stands.</summary>
internal readonly ref struct Ipv6Header
{
    public const int Size = 40;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int TrafficClass => (int)(BinaryPrimitives.ReadUInt32BigEndian(_bytes) >> 20) & 0xFF;

    public int FlowLabel => (int)(BinaryPrimitives.ReadUInt32BigEndian(_bytes) & 0xF_FFFF);

    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    public int NextHeader => _bytes[6];

    public int HopLimit => _bytes[7];

    public ReadOnlySpan<byte> Source => _bytes.Slice(8, 16);

    public ReadOnlySpan<byte> Destination => _bytes.Slice(24, 16);

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv6Header header)
    {
        header = bytes.Length >= Size ? new Ipv6Header(bytes[..Size]) : default;
        return bytes.Length >= Size;
    }
}
