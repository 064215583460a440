using System.Buffers.Binary;

namespace NetLab.Udp.Devices;

/// <summary>
/// What is left to do of a packet that passes between the kernel and a device: its checksum, and the cutting into segments (struct virtio_net_hdr of
/// linux/virtio_net.h, in the machine's byte order).
/// </summary>
public readonly record struct PacketOffload
{
    /// <summary>Bytes before each packet of a device with offloads.</summary>
    public const int Size = 10;

    /// <summary>The checksum's field holds the pseudo-header's sum, and the rest is to be added from <see cref="ChecksumStart"/> on (VIRTIO_NET_HDR_F_NEEDS_CSUM).</summary>
    public const byte NeedsChecksumFlag = 1;

    /// <summary>To be cut into TCP segments over IPv4 (VIRTIO_NET_HDR_GSO_TCPV4).</summary>
    public const byte SegmentsIpv4 = 1;

    /// <summary>To be cut into TCP segments over IPv6 (VIRTIO_NET_HDR_GSO_TCPV6).</summary>
    public const byte SegmentsIpv6 = 4;

    /// <summary>Only the first of the segments has CWR (VIRTIO_NET_HDR_GSO_ECN).</summary>
    public const byte HasCwr = 0x80;

    /// <summary>Bits: <see cref="NeedsChecksumFlag"/>, and 2 where somebody has checked the checksum.</summary>
    public byte Flags { get; init; }

    /// <summary>How it is to be cut: 0 for not at all.</summary>
    public byte Kind { get; init; }

    /// <summary>Bytes of all headers.</summary>
    public ushort HeaderLength { get; init; }

    /// <summary>Bytes of payload of each segment but the last, which may be shorter.</summary>
    public ushort SegmentSize { get; init; }

    /// <summary>Where the checksum's coverage begins, in bytes from the packet's begin.</summary>
    public ushort ChecksumStart { get; init; }

    /// <summary>Where the checksum stands, in bytes from there.</summary>
    public ushort ChecksumOffset { get; init; }

    /// <summary>Whether the checksum is not complete.</summary>
    public bool NeedsChecksum => (Flags & NeedsChecksumFlag) != 0;

    /// <summary>Reads one of at least <see cref="Size"/> bytes.</summary>
    public static PacketOffload Read(ReadOnlySpan<byte> bytes) => new()
    {
        Flags = bytes[0],
        Kind = bytes[1],
        HeaderLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
        SegmentSize = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        ChecksumStart = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        ChecksumOffset = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
    };

    /// <summary>Writes it into at least <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = Flags;
        bytes[1] = Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], HeaderLength);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], ChecksumStart);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], ChecksumOffset);
    }
}
