using NetLab.Osi.Application;
using NetLab.Osi.DataLink;
using NetLab.Osi.Network;
using NetLab.Osi.Physical;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Layers;

/// <summary>Who tells the fields of which protocol.</summary>
internal static class LayerFields
{
    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ref readonly LayerEntry entry = ref view[index];
        if (entry.Detail is { } detail)
        {
            detail.Describe(entry, sink);
            return;
        }

        switch (entry.Protocol)
        {
            case ProtocolId.Frame:
                Frame.Describe(view.Decoded, sink);
                break;
            case ProtocolId.Radiotap:
                RadiotapDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ppi:
                PpiDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Prism:
                PrismDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ethernet:
                EthernetDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Vlan:
                VlanDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Pbb:
                PbbDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Llc:
                LlcDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Sll:
                SllDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Null:
                NullDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ppp:
                PppDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Hdlc:
                HdlcDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Pppoe:
                PppoeDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Mpls:
                MplsDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Wlan:
                WlanDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Arp:
                ArpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ipv4:
                Ipv4Dissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ipv6:
                Ipv6Dissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ipv6Fragment when entry.HeaderLength >= 8:
                Ipv6Dissector.DescribeFragment(view, index, sink);
                break;
            case ProtocolId.Ipv6HopByHop or ProtocolId.Ipv6DestinationOptions when entry.HeaderLength >= 8:
                Ipv6Dissector.DescribeOptions(view, index, sink);
                break;
            case ProtocolId.Ipv6Routing when entry.HeaderLength >= 8:
                Ipv6Dissector.DescribeRouting(view, index, sink);
                break;
            case ProtocolId.Ah when entry.HeaderLength >= 2:
                AhDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Esp:
                EspDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Icmp:
                IcmpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.IcmpV6:
                IcmpV6Dissector.Describe(view, index, sink);
                break;
            case ProtocolId.Igmp:
                IgmpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Gre:
                GreDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Erspan:
                ErspanDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Tcp:
                TcpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Udp:
                UdpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Sctp:
                SctpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.TcpSession:
                TcpSession.Describe(view, index, sink);
                break;
            default:
                DescribeUpper(view, index, sink);
                break;
        }
    }

    private static void DescribeUpper(in PacketView view, int index, IFieldSink sink)
    {
        ref readonly LayerEntry entry = ref view[index];
        if (entry.HeaderLength == 0)
        {
            // A part of a message that another packet completes.
            sink.Number("part_bytes"u8, entry.Length, entry.Offset, entry.Length);
            return;
        }

        switch (entry.Protocol)
        {
            case ProtocolId.Vxlan:
                Tunnels.DescribeVxlan(view, index, sink);
                break;
            case ProtocolId.Geneve:
                Tunnels.DescribeGeneve(view, index, sink);
                break;
            case ProtocolId.Gtp:
                Tunnels.DescribeGtp(view, index, sink);
                break;
            case ProtocolId.Dns or ProtocolId.Mdns or ProtocolId.Llmnr:
                DnsDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Dhcp:
                DhcpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.DhcpV6:
                DhcpV6Dissector.Describe(view, index, sink);
                break;
            case ProtocolId.Ntp:
                NtpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Snmp:
                SnmpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Tftp:
                TftpDissector.Describe(view, index, sink);
                break;
            case ProtocolId.Lldp or ProtocolId.WakeOnLan or ProtocolId.L2tp or ProtocolId.Ospf or ProtocolId.Rtp:
                LongTail.Describe(view, index, sink);
                break;
            case ProtocolId.Data:
                sink.Number("length"u8, entry.Length, entry.Offset, entry.Length);
                break;
            default:
                break;
        }
    }
}
