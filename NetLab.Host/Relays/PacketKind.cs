using System.Buffers.Binary;
using NetLab.Tcp.Segments;
using NetLab.Udp.Devices;

namespace NetLab.Host.Relays;

/// <summary>What the names of scripted faults mean of IP packets: SYN, SYN_ACK, ACK, DATA, FIN and RST are segments of TCP, whoever's; ANY is every packet.</summary>
internal static class PacketKind
{
    private const byte Tcp = 6;
    private const string Any = "ANY";
    private const string Data = "DATA";

    /// <summary>Whether a packet is one of that name; see <see cref="SegmentKind.Matches"/>.</summary>
    public static bool Matches(string kind, ReadOnlySpan<byte> packet)
    {
        if (kind == Any)
        {
            return true;
        }

        ReadOnlySpan<byte> segment = IpPacket.PayloadOf(packet, out byte protocol, out bool isFragment);
        if (protocol != Tcp || isFragment || segment.Length < SegmentHeader.MinSize)
        {
            return false;
        }

        // RFC 9293, 3.1: the length of the header in words, and the control bits.
        int payload = segment.Length - ((segment[12] >> 4) * 4);
        var flags = (SegmentFlags)(BinaryPrimitives.ReadUInt16BigEndian(segment[12..]) & 0x0FFF);
        return payload >= 0 && (SegmentKind.NameOf(flags, payload) == kind || (kind == Data && payload > 0));
    }
}
