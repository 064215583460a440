using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>EtherTypes (IEEE registration authority) and who takes them apart.</summary>
internal static class EtherTypes
{
    public const int Ipv4 = 0x0800;
    public const int Arp = 0x0806;
    public const int Ipv6 = 0x86DD;

    public static string NameOf(int type) => type switch
    {
        Ipv4 => "IPv4",
        Arp => "ARP",
        Ipv6 => "IPv6",
        _ => $"0x{type:x4}",
    };

    public static void Dissect(in Dissection dissection, int type, int offset, int end)
    {
        switch (type)
        {
            case Ipv4:
                Ipv4Dissector.Dissect(dissection, offset, end);
                break;
            case Ipv6:
                Ipv6Dissector.Dissect(dissection, offset, end);
                break;
            case Arp:
                ArpDissector.Dissect(dissection, offset, end);
                break;
            default:
                dissection.Unknown(OsiLayer.Network, $"EtherType 0x{type:x4}", offset);
                dissection.Data(OsiLayer.Network, offset, end);
                break;
        }
    }
}
