using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>A UDP header (RFC 768), read where it stands.</summary>
public readonly ref struct UdpHeader : IHeaderView<UdpHeader>
{
    /// <summary>Bytes of header.</summary>
    public const int Size = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The port of the sender.</summary>
    public int SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The port of the receiver.</summary>
    public int DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>Bytes of header and payload; 0 stands for "as long as IP says" (RFC 2675, 4).</summary>
    public int Length => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>The checksum; 0 when the sender made none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]);

    /// <inheritdoc/>
    public static bool Reads(Protocol protocol) => protocol == UdpProtocol.Value;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UdpHeader view)
    {
        view = bytes.Length >= Size ? new UdpHeader(bytes[..Size]) : default;
        return bytes.Length >= Size;
    }
}
