using NetLab.Osi.Layers;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Network;

/// <summary>What both versions of IP share: telling them apart, and the protocols above them.</summary>
internal static class Ip
{
    /// <summary>Protocol numbers (IANA, Assigned Internet Protocol Numbers).</summary>
    public static class Protocols
    {
        public const int HopByHop = 0;
        public const int Icmp = 1;
        public const int Tcp = 6;
        public const int Udp = 17;
        public const int Routing = 43;
        public const int Fragment = 44;
        public const int IcmpV6 = 58;
        public const int NoNext = 59;
        public const int DestinationOptions = 60;
    }

    public static string NameOf(int protocol) => protocol switch
    {
        Protocols.HopByHop => "hop-by-hop options",
        Protocols.Icmp => "ICMP",
        Protocols.Tcp => "TCP",
        Protocols.Udp => "UDP",
        Protocols.Routing => "routing header",
        Protocols.Fragment => "fragment header",
        Protocols.IcmpV6 => "ICMPv6",
        Protocols.NoNext => "no next header",
        Protocols.DestinationOptions => "destination options",
        _ => $"protocol {protocol}",
    };

    /// <summary>Takes apart IP of whichever version the first four bits say.</summary>
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        int version = offset < end ? dissection.Packet[offset] >> 4 : 0;
        switch (version)
        {
            case 4:
                Ipv4Dissector.Dissect(dissection, offset, end);
                break;
            case 6:
                Ipv6Dissector.Dissect(dissection, offset, end);
                break;
            default:
                if (offset >= end)
                {
                    dissection.Short(OsiLayer.Network, "IP header", offset, Ipv4Header.MinSize, end);
                }
                else
                {
                    dissection.Malformed(OsiLayer.Network, $"IP version {version}", offset);
                }

                dissection.Data(OsiLayer.Network, offset, end);
                break;
        }
    }

    /// <summary>Takes apart what an IP packet carries.</summary>
    public static void DissectPayload(in Dissection dissection, int protocol, int offset, int end)
    {
        switch (protocol)
        {
            case Protocols.Tcp:
                TcpDissector.Dissect(dissection, offset, end);
                break;
            case Protocols.Udp:
                UdpDissector.Dissect(dissection, offset, end);
                break;
            case Protocols.Icmp:
                IcmpDissector.Dissect(dissection, ProtocolId.Icmp, offset, end);
                break;
            case Protocols.IcmpV6:
                IcmpDissector.Dissect(dissection, ProtocolId.IcmpV6, offset, end);
                break;
            case Protocols.NoNext:
                break;
            default:
                dissection.Unknown(OsiLayer.Transport, $"IP protocol {protocol}", offset);
                dissection.Data(OsiLayer.Transport, offset, end);
                break;
        }
    }
}
