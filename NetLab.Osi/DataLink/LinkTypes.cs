using NetLab.Osi.Layers;
using NetLab.Osi.Network;
using NetLab.Osi.Physical;

namespace NetLab.Osi.DataLink;

/// <summary>LINKTYPE_ numbers (www.tcpdump.org/linktypes.html) and who takes them apart.</summary>
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

    public static string? NameOf(int linkType) => linkType switch
    {
        Null => "BSD loopback",
        Ethernet => "Ethernet",
        TokenRing => "token ring",
        Ppp => "PPP",
        Fddi => "FDDI",
        PppHdlc => "PPP in HDLC-like framing",
        PppEthernet => "PPPoE",
        Raw => "raw IP",
        CiscoHdlc => "Cisco HDLC",
        Wlan => "802.11",
        FrameRelay => "frame relay",
        Loop => "OpenBSD loopback",
        LinuxSll => "Linux cooked",
        Prism => "Prism and 802.11",
        Radiotap => "radiotap and 802.11",
        ArcnetLinux => "ARCNET (Linux)",
        PppWithDirection => "PPP with direction",
        Ppi => "per-packet information",
        Ipv4 => "raw IPv4",
        Ipv6 => "raw IPv6",
        LinuxSll2 => "Linux cooked (version 2)",
        _ => "not known",
    };

    public static void Dissect(in Dissection dissection, int linkType, int offset, int end)
    {
        switch (linkType)
        {
            case Ethernet:
                EthernetDissector.Dissect(dissection, offset, end);
                break;
            case Null or Loop:
                NullDissector.Dissect(dissection, offset, end);
                break;
            case Raw:
                IpProtocols.DissectByVersion(dissection, offset, end);
                break;
            case Ipv4:
                Ipv4Dissector.Dissect(dissection, offset, end);
                break;
            case Ipv6:
                Ipv6Dissector.Dissect(dissection, offset, end);
                break;
            case LinuxSll:
                SllDissector.Dissect(dissection, offset, end);
                break;
            case LinuxSll2:
                SllDissector.DissectVersion2(dissection, offset, end);
                break;
            case Wlan:
                WlanDissector.Dissect(dissection, offset, end);
                break;
            case Radiotap:
                RadiotapDissector.Dissect(dissection, offset, end);
                break;
            case Ppi:
                PpiDissector.Dissect(dissection, offset, end);
                break;
            case Prism:
                PrismDissector.Dissect(dissection, offset, end);
                break;
            case Ppp or PppHdlc:
                HdlcDissector.DissectPpp(dissection, offset, end);
                break;
            case PppWithDirection:
                HdlcDissector.DissectPpp(dissection, Math.Min(offset + 1, end), end);
                break;
            case CiscoHdlc:
                HdlcDissector.Dissect(dissection, offset, end);
                break;
            case PppEthernet:
                PppoeDissector.Dissect(dissection, isSession: true, offset, end);
                break;
            case Fddi or TokenRing or ArcnetLinux or FrameRelay:
                OldLinks.Dissect(dissection, linkType, offset, end);
                break;
            default:
                dissection.Unknown(OsiLayer.DataLink, "link type", offset, linkType);
                dissection.Data(OsiLayer.DataLink, offset, end);
                break;
        }
    }
}
