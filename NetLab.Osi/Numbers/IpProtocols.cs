namespace NetLab.Osi.Numbers;

/// <summary>Protocol numbers (IANA, Assigned Internet Protocol Numbers).</summary>
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
}
