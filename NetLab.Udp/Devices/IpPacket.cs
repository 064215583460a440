using System.Buffers.Binary;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>
/// What a link has to know of an IP packet (RFC 791, RFC 8200), and may change in it. Any bytes are taken: what is no IP packet has no marks and is of one
/// flow.
/// </summary>
public static class IpPacket
{
    private const int MinIpv4Header = 20;
    private const int Ipv6Header = 40;

    // The protocols whose header begins with two ports (RFC 768, RFC 9293, RFC 9260, RFC 4340).
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Dccp = 33;
    private const byte Sctp = 132;

    /// <summary>The ECN field (RFC 3168, 5).</summary>
    public static EcnCodepoint EcnOf(ReadOnlySpan<byte> packet) => VersionOf(packet) switch
    {
        4 => (EcnCodepoint)(packet[1] & 0b11),
        6 => (EcnCodepoint)((packet[1] >> 4) & 0b11),
        _ => EcnCodepoint.NotEct,
    };

    /// <summary>Changes the ECN field, and the header's checksum with it.</summary>
    public static void SetEcn(Span<byte> packet, EcnCodepoint ecn)
    {
        int version = VersionOf(packet);
        if (version == 6)
        {
            packet[1] = (byte)((packet[1] & ~0b0011_0000) | ((int)ecn << 4));
        }
        else if (version == 4 && (packet[1] & 0b11) != (int)ecn)
        {
            ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet);
            packet[1] = (byte)((packet[1] & ~0b11) | (int)ecn);
            ushort after = BinaryPrimitives.ReadUInt16BigEndian(packet);

            // RFC 1624, 3: HC' = ~(~HC + ~m + m').
            int sum = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(packet[10..]) + (ushort)~before + after;
            sum = (sum & 0xFFFF) + (sum >> 16);
            sum = (sum & 0xFFFF) + (sum >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)~sum);
        }
    }

    /// <summary>A number for the flow that a packet belongs to, by addresses, protocol and ports; fragments of one datagram have one.</summary>
    public static uint FlowOf(ReadOnlySpan<byte> packet)
    {
        var hash = default(HashCode);
        ReadOnlySpan<byte> payload = PayloadOf(packet, out byte protocol, out bool isFragment);
        int version = VersionOf(packet);
        if (version != 0)
        {
            hash.AddBytes(version == 4 ? packet[12..20] : packet[8..40]);
            hash.Add(protocol);
        }

        if (!isFragment && protocol is Tcp or Udp or Dccp or Sctp && payload.Length >= 4)
        {
            hash.AddBytes(payload[..4]);
        }

        return (uint)hash.ToHashCode();
    }

    /// <summary>What follows the IP header.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="protocol">Its protocol by IANA's number; 255, which is reserved, if there is none.</param>
    /// <param name="isFragment">Whether it is a part of a datagram: then a header of the protocol need not be there.</param>
    public static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> packet, out byte protocol, out bool isFragment)
    {
        (protocol, isFragment) = (255, false);
        switch (VersionOf(packet))
        {
            case 4:
                int length = (packet[0] & 0xF) * 4;
                int total = Math.Min(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
                protocol = packet[9];
                isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
                return length >= MinIpv4Header && total > length ? packet[length..total] : default;
            case 6:
                // Extension headers are rare, and a packet with one is of the flow of its addresses.
                protocol = packet[6];
                isFragment = protocol == 44;
                return packet[Ipv6Header..Math.Min(packet.Length, Ipv6Header + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]))];
            default:
                return default;
        }
    }

    private static int VersionOf(ReadOnlySpan<byte> packet) => packet.IsEmpty ? 0 : (packet[0] >> 4) switch
    {
        4 when packet.Length >= MinIpv4Header => 4,
        6 when packet.Length >= Ipv6Header => 6,
        _ => 0,
    };
}
