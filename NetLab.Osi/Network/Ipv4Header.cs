using System.Buffers.Binary;

namespace NetLab.Osi.Network;

/// <summary>An IPv4 header (RFC 791, 3.1), read where it stands.</summary>
internal readonly ref struct Ipv4Header
{
    public const int MinSize = 20;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int Version => _bytes[0] >> 4;

    public int HeaderLength => (_bytes[0] & 15) * 4;

    public int Dscp => _bytes[1] >> 2;

    public int Ecn => _bytes[1] & 3;

    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public int Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    public bool DontFragment => (_bytes[6] & 0x40) != 0;

    public bool MoreFragments => (_bytes[6] & 0x20) != 0;

    /// <summary>In bytes; the field counts eights.</summary>
    public int FragmentOffset => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x1FFF) * 8;

    public int TimeToLive => _bytes[8];

    public int Protocol => _bytes[9];

    public ReadOnlySpan<byte> Source => _bytes.Slice(12, 4);

    public ReadOnlySpan<byte> Destination => _bytes.Slice(16, 4);

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        header = bytes.Length >= MinSize ? new Ipv4Header(bytes[..MinSize]) : default;
        return bytes.Length >= MinSize;
    }
}
