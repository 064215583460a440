using NetLab.Osi.DataLink;
using NetLab.Osi.Layers;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Network;

/// <summary>Protocol numbers (IANA, Assigned Internet Protocol Numbers), and who takes apart what IP carries.</summary>
internal static class IpProtocols
{
    public const int HopByHop = 0;
    public const int Icmp = 1;
    public const int Igmp = 2;
    public const int Ipv4 = 4;
    public const int Tcp = 6;
    public const int Udp = 17;
    public const int Ipv6 = 41;
    public const int Routing = 43;
    public const int Fragment = 44;
    public const int Gre = 47;
    public const int Esp = 50;
    public const int Ah = 51;
    public const int IcmpV6 = 58;
    public const int NoNext = 59;
    public const int DestinationOptions = 60;
    public const int Eigrp = 88;
    public const int Ospf = 89;
    public const int Pim = 103;
    public const int Vrrp = 112;
    public const int L2tp = 115;
    public const int Sctp = 132;
    public const int Mpls = 137;

    public static string? NameOf(int protocol) => protocol switch
    {
        HopByHop => "hop-by-hop options",
        Icmp => "ICMP",
        Igmp => "IGMP",
        Ipv4 => "IPv4 in IP",
        Tcp => "TCP",
        Udp => "UDP",
        Ipv6 => "IPv6 in IP",
        Routing => "routing header",
        Fragment => "fragment header",
        Gre => "GRE",
        Esp => "ESP",
        Ah => "AH",
        IcmpV6 => "ICMPv6",
        NoNext => "no next header",
        DestinationOptions => "destination options",
        Eigrp => "EIGRP",
        Ospf => "OSPF",
        Pim => "PIM",
        Vrrp => "VRRP",
        L2tp => "L2TPv3",
        Sctp => "SCTP",
        Mpls => "MPLS in IP",
        _ => null,
    };

    /// <summary>Takes apart IP of whichever version the first four bits say.</summary>
    public static void DissectByVersion(in Dissection dissection, int offset, int end)
    {
        int version = offset < end ? dissection.Bytes[offset] >> 4 : 0;
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
                    dissection.Malformed(OsiLayer.Network, "IP version", offset, version);
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
            case Tcp:
                TcpDissector.Dissect(dissection, offset, end);
                break;
            case Udp:
                UdpDissector.Dissect(dissection, offset, end);
                break;
            case Icmp:
                IcmpDissector.Dissect(dissection, offset, end);
                break;
            case IcmpV6:
                IcmpV6Dissector.Dissect(dissection, offset, end);
                break;
            case Igmp:
                IgmpDissector.Dissect(dissection, offset, end);
                break;
            case Ipv4:
                Ipv4Dissector.Dissect(dissection, offset, end);
                break;
            case Ipv6:
                Ipv6Dissector.Dissect(dissection, offset, end);
                break;
            case Gre:
                GreDissector.Dissect(dissection, offset, end);
                break;
            case Ah:
                AhDissector.Dissect(dissection, offset, end);
                break;
            case Esp:
                EspDissector.Dissect(dissection, offset, end);
                break;
            case Sctp:
                SctpDissector.Dissect(dissection, offset, end);
                break;
            case Mpls:
                MplsDissector.Dissect(dissection, offset, end);
                break;
            case Ospf or Pim or Vrrp or Eigrp:
                LongTail.Dissect(dissection, IdOf(protocol), OsiLayer.Network, offset, end);
                break;
            case NoNext:
                break;
            default:
                dissection.Unknown(OsiLayer.Transport, "IP protocol", offset, protocol);
                dissection.Data(OsiLayer.Transport, offset, end);
                break;
        }
    }

    private static ProtocolId IdOf(int protocol) => protocol switch
    {
        Ospf => ProtocolId.Ospf,
        Pim => ProtocolId.Pim,
        Vrrp => ProtocolId.Vrrp,
        _ => ProtocolId.Eigrp,
    };
}
