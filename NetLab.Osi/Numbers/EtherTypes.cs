namespace NetLab.Osi.Numbers;

/// <summary>EtherTypes (IEEE registration authority).</summary>
internal static class EtherTypes
{
    public const int Ipv4 = 0x0800;
    public const int Arp = 0x0806;
    public const int WakeOnLan = 0x0842;
    public const int TransparentEthernet = 0x6558;
    public const int Rarp = 0x8035;
    public const int Vlan = 0x8100;
    public const int Ipv6 = 0x86DD;
    public const int Ppp = 0x880B;
    public const int Mpls = 0x8847;
    public const int MplsUpstream = 0x8848;
    public const int PppoeDiscovery = 0x8863;
    public const int PppoeSession = 0x8864;
    public const int Eapol = 0x888E;
    public const int ServiceVlan = 0x88A8;
    public const int Erspan = 0x88BE;
    public const int Lldp = 0x88CC;
    public const int Pbb = 0x88E7;
    public const int OldQinQ = 0x9100;
    public const int Erspan3 = 0x22EB;

    /// <summary>The largest value that is a length and no type (IEEE 802.3, 3.2.6).</summary>
    public const int MaxLength = 1500;

    /// <summary>What a number stands for; null if it is not known.</summary>
    public static string? NameOf(int type) => type switch
    {
        Ipv4 => "IPv4",
        Arp => "ARP",
        WakeOnLan => "Wake-on-LAN",
        TransparentEthernet => "Ethernet",
        Rarp => "RARP",
        Vlan => "802.1Q",
        Ipv6 => "IPv6",
        Ppp => "PPP",
        Mpls or MplsUpstream => "MPLS",
        PppoeDiscovery => "PPPoE discovery",
        PppoeSession => "PPPoE session",
        Eapol => "802.1X",
        ServiceVlan => "802.1ad",
        Erspan or Erspan3 => "ERSPAN",
        Lldp => "LLDP",
        Pbb => "802.1ah",
        OldQinQ => "QinQ",
        _ => null,
    };
}
