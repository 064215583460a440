using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using PacketDotNet;

namespace NetLab.Osi.Captures;

/// <summary>
/// Builds the packets a recording holds around payloads that were seen on a socket: Ethernet, IP and UDP, or Ethernet, IP
/// and a TCP segment as it is. The one place where packets are made with PacketDotNet.
/// </summary>
public static class PacketBuilder
{
    // Locally administered, so that no one mistakes them for hardware: 02 and the bytes of "nlab", 1 and 2.
    private static readonly PhysicalAddress First = new([0x02, 0x6E, 0x6C, 0x61, 0x62, 0x01]);
    private static readonly PhysicalAddress Second = new([0x02, 0x6E, 0x6C, 0x61, 0x62, 0x02]);

    /// <summary>A UDP datagram as an Ethernet frame, all checksums right.</summary>
    /// <param name="from">Its sender.</param>
    /// <param name="to">Its receiver.</param>
    /// <param name="payload">The datagram's payload.</param>
    /// <param name="sent">Whether the recording side sent it; decides the MAC addresses.</param>
    public static byte[] Udp(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload, bool sent)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var udp = new UdpPacket((ushort)from.Port, (ushort)to.Port) { PayloadData = payload.ToArray() };
        return Frame(from, to, udp, sent, () =>
        {
            udp.UpdateCalculatedValues();
            udp.UpdateUdpChecksum();
        });
    }

    /// <summary>A TCP segment as an Ethernet frame, its checksum made right for the addresses.</summary>
    /// <param name="from">Its sender; the port is ignored, the segment has its own.</param>
    /// <param name="to">Its receiver; the port is ignored.</param>
    /// <param name="segment">Header, options and payload.</param>
    /// <param name="sent">Whether the recording side sent it; decides the MAC addresses.</param>
    public static byte[] Tcp(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> segment, bool sent)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var tcp = new TcpPacket(new PacketDotNet.Utils.ByteArraySegment(segment.ToArray()));
        return Frame(from, to, tcp, sent, tcp.UpdateTcpChecksum);
    }

    private static byte[] Frame(IPEndPoint from, IPEndPoint to, TransportPacket transport, bool sent, Action finish)
    {
        bool isV4 = from.AddressFamily == AddressFamily.InterNetwork;
        IPPacket ip = isV4 ? new IPv4Packet(from.Address, to.Address) { TimeToLive = 64 } : new IPv6Packet(from.Address, to.Address) { HopLimit = 64 };
        ip.Protocol = transport is TcpPacket ? PacketDotNet.ProtocolType.Tcp : PacketDotNet.ProtocolType.Udp;
        var frame = new EthernetPacket(sent ? First : Second, sent ? Second : First, isV4 ? EthernetType.IPv4 : EthernetType.IPv6)
        {
            PayloadPacket = ip,
        };
        ip.PayloadPacket = transport;
        finish();
        ip.UpdateCalculatedValues();
        (ip as IPv4Packet)?.UpdateIPChecksum();
        return frame.Bytes;
    }
}
