using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>LINKTYPE_ numbers (www.tcpdump.org/linktypes.html) and who takes them apart.</summary>
internal static class LinkTypes
{
    public const int Null = 0;
    public const int Ethernet = 1;
    public const int Raw = 101;
    public const int Loop = 108;
    public const int Ipv4 = 228;
    public const int Ipv6 = 229;

    /// <summary>DLT_RAW has two older numbers; all are taken as 101.</summary>
    public static int Canonical(int linkType) => linkType is 12 or 14 ? Raw : linkType;

    public static string NameOf(int linkType) => linkType switch
    {
        Null => "BSD loopback",
        Ethernet => "Ethernet",
        Raw => "raw IP",
        Loop => "OpenBSD loopback",
        Ipv4 => "raw IPv4",
        Ipv6 => "raw IPv6",
        _ => "not known",
    };

    public static void Dissect(in Dissection dissection)
    {
        int end = dissection.Packet.Length;
        switch (dissection.Result.LinkType)
        {
            case Ethernet:
                EthernetDissector.Dissect(dissection, 0, end);
                break;
            case Null or Loop:
                NullDissector.Dissect(dissection, 0, end);
                break;
            case Raw or Ipv4 or Ipv6:
                Ip.Dissect(dissection, 0, end);
                break;
            default:
                dissection.Unknown(OsiLayer.DataLink, $"link type {dissection.Result.LinkType}", 0);
                dissection.Data(OsiLayer.DataLink, 0, end);
                break;
        }
    }
}
