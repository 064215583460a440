using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>An IPv4 header (RFC 791, 3.1) without its options, read where it stands.</summary>
public readonly ref struct Ipv4Header : IHeaderView<Ipv4Header>
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinSize = 20;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The version: 4, unless the bytes are none of IPv4.</summary>
    public int Version => _bytes[0] >> 4;

    /// <summary>Bytes of header and options, 0 to 60; less than <see cref="MinSize"/> is wrong.</summary>
    public int HeaderLength => (_bytes[0] & 15) * 4;

    /// <summary>The differentiated services code point, 0 to 63 (RFC 2474).</summary>
    public int Dscp => _bytes[1] >> 2;

    /// <summary>The bits of explicit congestion notification, 0 to 3 (RFC 3168, 5).</summary>
    public int Ecn => _bytes[1] & 3;

    /// <summary>Bytes of header and payload; 0 when segmentation was left to the network card.</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>What the fragments of a datagram have in common, 0 to 65535.</summary>
    public int Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    /// <summary>Whether routers must not fragment it.</summary>
    public bool DontFragment => (_bytes[6] & 0x40) != 0;

    /// <summary>Whether more fragments follow.</summary>
    public bool MoreFragments => (_bytes[6] & 0x20) != 0;

    /// <summary>Where the fragment stands in its datagram's payload, in bytes; the field counts eights.</summary>
    public int FragmentOffset => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x1FFF) * 8;

    /// <summary>How many routers may still pass it on, 0 to 255.</summary>
    public int TimeToLive => _bytes[8];

    /// <summary>The number of the protocol that it carries (IANA, Protocol Numbers).</summary>
    public int Protocol => _bytes[9];

    /// <summary>The source address: 4 bytes.</summary>
    public ReadOnlySpan<byte> Source => _bytes.Slice(12, 4);

    /// <summary>The destination address: 4 bytes.</summary>
    public ReadOnlySpan<byte> Destination => _bytes.Slice(16, 4);

    /// <inheritdoc/>
    public static bool Reads(Protocol protocol) => protocol == Ipv4Protocol.Value;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4Header view)
    {
        view = bytes.Length >= MinSize ? new Ipv4Header(bytes[..MinSize]) : default;
        return bytes.Length >= MinSize;
    }
}
