using System.Buffers.Binary;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>An Ethernet header (IEEE 802.3, 3.1.1), read where it stands.</summary>
public readonly ref struct EthernetHeader : IHeaderView<EthernetHeader>
{
    /// <summary>Bytes of header.</summary>
    public const int Size = 14;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The destination address: 6 bytes.</summary>
    public ReadOnlySpan<byte> Destination => _bytes[..6];

    /// <summary>The source address: 6 bytes.</summary>
    public ReadOnlySpan<byte> Source => _bytes.Slice(6, 6);

    /// <summary>The EtherType, or up to 1500 the length of an IEEE 802.3 frame's data.</summary>
    public int TypeOrLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]);

    /// <summary>Whether <see cref="TypeOrLength"/> is a length (IEEE 802.3, 3.2.6).</summary>
    public bool HasLength => TypeOrLength <= EtherTypes.MaxLength;

    /// <inheritdoc/>
    public static bool Reads(Protocol protocol) => protocol == EthernetProtocol.Value;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EthernetHeader view)
    {
        view = bytes.Length >= Size ? new EthernetHeader(bytes[..Size]) : default;
        return bytes.Length >= Size;
    }
}
