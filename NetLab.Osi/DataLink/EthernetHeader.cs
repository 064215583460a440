using System.Buffers.Binary;
using NetLab.Osi.Numbers;

namespace NetLab.Osi.DataLink;

/// <summary>An Ethernet header (IEEE 802.3, 3.1.1), read where it stands.</summary>
internal readonly ref struct EthernetHeader
{
    public const int Size = 14;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Destination => _bytes[..6];

    public ReadOnlySpan<byte> Source => _bytes.Slice(6, 6);

    public int TypeOrLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]);

    public bool HasLength => TypeOrLength <= EtherTypes.MaxLength;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out EthernetHeader header)
    {
        header = bytes.Length >= Size ? new EthernetHeader(bytes[..Size]) : default;
        return bytes.Length >= Size;
    }
}
