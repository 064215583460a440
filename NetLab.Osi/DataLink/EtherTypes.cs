using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>EtherTypes (IEEE registration authority) and who takes them apart.</summary>
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
            case Arp or Rarp:
                ArpDissector.Dissect(dissection, offset, end);
                break;
            case Vlan or ServiceVlan or OldQinQ:
                VlanDissector.Dissect(dissection, offset, end);
                break;
            case Pbb:
                PbbDissector.Dissect(dissection, offset, end);
                break;
            case Mpls or MplsUpstream:
                MplsDissector.Dissect(dissection, offset, end);
                break;
            case PppoeDiscovery or PppoeSession:
                PppoeDissector.Dissect(dissection, type == PppoeSession, offset, end);
                break;
            case Ppp:
                PppDissector.Dissect(dissection, offset, end);
                break;
            case TransparentEthernet:
                EthernetDissector.Dissect(dissection, offset, end);
                break;
            case Eapol:
                LongTail.Dissect(dissection, ProtocolId.Eapol, OsiLayer.DataLink, offset, end);
                break;
            case Lldp:
                LongTail.Dissect(dissection, ProtocolId.Lldp, OsiLayer.DataLink, offset, end);
                break;
            case WakeOnLan:
                LongTail.Dissect(dissection, ProtocolId.WakeOnLan, OsiLayer.Application, offset, end);
                break;
            default:
                dissection.Unknown(OsiLayer.Network, "EtherType", offset, type);
                dissection.Data(OsiLayer.Network, offset, end);
                break;
        }
    }

    /// <summary>Takes apart what follows a field that is a type or, up to 1500, the length of an LLC frame.</summary>
    public static void DissectTypeOrLength(in Dissection dissection, int typeOrLength, int offset, int end)
    {
        if (typeOrLength <= MaxLength)
        {
            LlcDissector.Dissect(dissection.Until(offset + typeOrLength), offset, Math.Min(end, offset + typeOrLength));
        }
        else
        {
            Dissect(dissection, typeOrLength, offset, end);
        }
    }
}
