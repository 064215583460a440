namespace NetLab.Osi.Numbers;

/// <summary>LINKTYPE_ numbers (www.tcpdump.org/linktypes.html).</summary>
internal static class LinkTypes
{
    public const int Null = 0;
    public const int Ethernet = 1;
    public const int TokenRing = 6;
    public const int Ppp = 9;
    public const int Fddi = 10;
    public const int PppHdlc = 50;
    public const int PppEthernet = 51;
    public const int Raw = 101;
    public const int CiscoHdlc = 104;
    public const int Wlan = 105;
    public const int FrameRelay = 107;
    public const int Loop = 108;
    public const int LinuxSll = 113;
    public const int Prism = 119;
    public const int Radiotap = 127;
    public const int ArcnetLinux = 129;
    public const int PppWithDirection = 166;
    public const int Ppi = 192;
    public const int Ipv4 = 228;
    public const int Ipv6 = 229;
    public const int LinuxSll2 = 276;

    /// <summary>DLT_RAW has two older numbers; all are taken as 101.</summary>
    public static int Canonical(int linkType) => linkType is 12 or 14 ? Raw : linkType;

    /// <summary>What a number stands for; never null.</summary>
    public static string NameOf(int linkType) => AssignedName(linkType) ?? "not known";

    /// <summary>What a number stands for; null if it is not assigned.</summary>
    public static string? AssignedName(int linkType) => linkType switch
    {
        Null => "BSD loopback",
        Ethernet => "Ethernet",
        TokenRing => "token ring",
        Ppp => "PPP",
        Fddi => "FDDI",
        PppHdlc => "PPP in HDLC-like framing",
        PppEthernet => "PPPoE",
        Raw or 12 or 14 => "raw IP",
        CiscoHdlc => "Cisco HDLC",
        Wlan => "802.11",
        FrameRelay => "frame relay",
        Loop => "OpenBSD loopback",
        LinuxSll => "Linux cooked",
        Prism => "Prism and 802.11",
        Radiotap => "radiotap and 802.11",
        ArcnetLinux => "ARCNET (Linux)",
        PppWithDirection => "PPP with direction (pppd)",
        Ppi => "per-packet information",
        Ipv4 => "raw IPv4",
        Ipv6 => "raw IPv6",
        LinuxSll2 => "Linux cooked (version 2)",
        _ => LinkTypeNames.Of(linkType),
    };
}
