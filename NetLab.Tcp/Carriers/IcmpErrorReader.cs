using System.Buffers.Binary;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Carriers;

/// <summary>Reads what the network reports on segments of ours (RFC 792, RFC 1191, RFC 4443, RFC 8201). Any bytes are taken.</summary>
internal static class IcmpErrorReader
{
    /// <summary>
    /// The least MTU of an IPv4 path that is believed: below it segments would be headers for the most part, which is what somebody wants who makes such
    /// reports up (RFC 5927, 7); the kernel's is the same.
    /// </summary>
    public const int LeastIpv4Mtu = 552;

    /// <summary>The least MTU of an IPv6 path (RFC 8200, 5).</summary>
    public const int LeastIpv6Mtu = 1280;

    private const int HeaderSize = 8;
    private const int TcpStartSize = 8;

    // RFC 1191, 7.1: what paths have had whose routers do not say it.
    private static ReadOnlySpan<ushort> Plateaus => [32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 576, 552];

    /// <summary>Reads a message of ICMP whose checksum is right.</summary>
    /// <param name="message">It.</param>
    /// <param name="isIpv4">Whose.</param>
    /// <param name="own">Our address, 4 or 16 bytes.</param>
    /// <param name="error">What it says.</param>
    /// <param name="isBelowLeast">Whether the path carries even less than is believed.</param>
    /// <returns>False if it is about no segment of ours.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, bool isIpv4, ReadOnlySpan<byte> own, out PathError error, out bool isBelowLeast)
    {
        (error, isBelowLeast) = (default, false);
        if (message.Length < HeaderSize || (isIpv4 ? KindOfIpv4(message[0], message[1]) : KindOfIpv6(message[0], message[1])) is not { } kind)
        {
            return false;
        }

        ReadOnlySpan<byte> sent = message[HeaderSize..];
        if (!TryReadSent(sent, isIpv4, own, out ReadOnlySpan<byte> peer, out ReadOnlySpan<byte> segment))
        {
            return false;
        }

        ushort localPort = BinaryPrimitives.ReadUInt16BigEndian(segment);
        ushort remotePort = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        DatagramAddress address = isIpv4
            ? DatagramAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(peer), remotePort)
            : DatagramAddress.FromIPv6(peer, 0, remotePort);
        int segmentSize = 0;
        if (kind == PathErrorKind.TooLarge)
        {
            int mtu = MtuOf(message, isIpv4, sent);
            int least = isIpv4 ? LeastIpv4Mtu : LeastIpv6Mtu;
            isBelowLeast = mtu < least;
            segmentSize = Math.Max(mtu, least) - (isIpv4 ? IpDatagram.Ipv4HeaderSize : IpDatagram.Ipv6HeaderSize) - SegmentHeader.MinSize;
        }

        error = new PathError(new ConnectionKey(address, remotePort, localPort), new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(segment[4..])), kind, segmentSize);
        return true;
    }

    // Of what was sent the message has the IP header and at least 8 bytes more: ports and number.
    private static bool TryReadSent(ReadOnlySpan<byte> sent, bool isIpv4, ReadOnlySpan<byte> own, out ReadOnlySpan<byte> peer, out ReadOnlySpan<byte> segment)
    {
        peer = default;
        segment = default;
        int header = isIpv4 ? IpDatagram.Ipv4HeaderSize : IpDatagram.Ipv6HeaderSize;
        if (sent.Length < header + TcpStartSize || sent[0] >> 4 != (isIpv4 ? 4 : 6))
        {
            return false;
        }

        // What we send has neither options nor extension headers.
        bool isOurs = isIpv4
            ? (sent[0] & 0xF) * 4 == header && sent[9] == InternetChecksum.TcpProtocol && (BinaryPrimitives.ReadUInt16BigEndian(sent[6..]) & 0x1FFF) == 0
            : sent[6] == InternetChecksum.TcpProtocol;
        ReadOnlySpan<byte> source = isIpv4 ? sent.Slice(12, 4) : sent.Slice(8, 16);
        peer = isIpv4 ? sent.Slice(16, 4) : sent.Slice(24, 16);
        segment = sent[header..];
        return isOurs && source.SequenceEqual(own);
    }

    private static int MtuOf(ReadOnlySpan<byte> message, bool isIpv4, ReadOnlySpan<byte> sent)
    {
        if (!isIpv4)
        {
            return (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(message[4..]), int.MaxValue);
        }

        int mtu = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        if (mtu > 0)
        {
            return mtu;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(sent[2..]);
        foreach (ushort plateau in Plateaus)
        {
            if (plateau < length)
            {
                return plateau;
            }
        }

        return LeastIpv4Mtu;
    }

    // RFC 1122, 3.2.2.1 and 4.2.3.9; RFC 1812, 5.2.7.1, for those that say that somebody forbids it. Source quench is nothing (RFC 6633).
    private static PathErrorKind? KindOfIpv4(byte type, byte code) => (type, code) switch
    {
        (3, 4) => PathErrorKind.TooLarge,
        (3, 2 or 3 or 9 or 10 or 13) => PathErrorKind.Refused,
        (3, <= 15) or (11, <= 1) or (12, <= 2) => PathErrorKind.Unreachable,
        _ => null,
    };

    // RFC 4443, 3.
    private static PathErrorKind? KindOfIpv6(byte type, byte code) => (type, code) switch
    {
        (2, _) => PathErrorKind.TooLarge,
        (1, 1 or 4 or 5 or 6) or (4, 1) => PathErrorKind.Refused,
        (1, <= 8) or (3, <= 1) or (4, <= 2) => PathErrorKind.Unreachable,
        _ => null,
    };
}
