using NetLab.Osi.Application;
using NetLab.Osi.DataLink;
using NetLab.Osi.Network;
using NetLab.Osi.Network.Routing;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Decoding;

/// <summary>Rows of the protocols by which links and routes are made: discovery, spanning trees, PPP, routing, tunnels.</summary>
internal static class LowerProtocols
{
    public static ProtocolReference[] Links =>
    [
        new("stp", "llc.dsap==0x42 llc.snap==0x00000c010b,0x0080c2000e", static () => StpProtocol.Value, filters: "stp,mstp"),
        new("cdp", "llc.snap==0x00000c2000", static () => CdpProtocol.Value),
        new("dtp", "llc.snap==0x00000c2004", static () => DtpProtocol.Value),
        new("vtp", "llc.snap==0x00000c2003", static () => VtpProtocol.Value),
        new("udld", "llc.snap==0x00000c0111", static () => UdldProtocol.Value),
        new("lldp", "eth.type==0x88cc", static () => LldpProtocol.Value),
        new("slow", "eth.type==0x8809", static () => SlowProtocol.Value),
        new("lacp", "", static () => SlowProtocol.Lacp),
        new("eapol", "eth.type==0x888e,0x88c7", static () => EapolProtocol.Value, filters: "eapol,wlan_rsna_eapol"),
        new("eap", "ppp.protocol==0xc227", static () => EapProtocol.Value),
        new("slarp", "", static () => SlarpProtocol.Value),
        new("lcp", "ppp.protocol==0xc021", static () => PppControlProtocols.Link, filters: "ppp,lcp"),
        new("ipcp", "ppp.protocol==0x8021", static () => PppControlProtocols.Ip, filters: "ppp"),
        new("ipv6cp", "ppp.protocol==0x8057", static () => PppControlProtocols.Ipv6, filters: "ppp"),
        new("ccp", "ppp.protocol==0x80fd", static () => PppControlProtocols.Compression, filters: "ppp"),
        new("mplscp", "ppp.protocol==0x8281", static () => PppControlProtocols.Mpls, filters: "ppp"),
        new("bcp_ncp", "ppp.protocol==0x8031", static () => PppControlProtocols.Bridging, filters: "ppp"),
        new("cdpcp", "ppp.protocol==0x8207", static () => PppControlProtocols.CiscoDiscovery, filters: "ppp"),
        new("pap", "ppp.protocol==0xc023", static () => PapProtocol.Value),
        new("chap", "ppp.protocol==0xc223", static () => ChapProtocol.Value),
        new("l2tp", "udp.port==1701", static () => L2tpProtocol.Value),
    ];

    public static ProtocolReference[] Networks =>
    [
        new("ospf", "ip.proto==89", static () => OspfProtocol.Value),
        new("osi", "llc.dsap==0xfe eth.type==0xfefe ppp.protocol==0x23", static () => IsoProtocol.Value),
        new("clnp", "", static () => IsoProtocol.Clnp),
        new("esis", "", static () => IsoProtocol.EndSystem),
        new("isis", "", static () => IsisProtocol.Value),
        new("isis_hello", "", static () => IsisHelloProtocol.Value, filters: "isis"),
        new("isis_lsp", "", static () => IsisProtocol.LinkState, filters: "isis"),
        new("isis_csnp", "", static () => IsisProtocol.CompleteSequence, filters: "isis"),
        new("isis_psnp", "", static () => IsisProtocol.PartialSequence, filters: "isis"),
        new("pim", "ip.proto==103", static () => PimProtocol.Value),
        new("vrrp", "ip.proto==112", static () => VrrpProtocol.Value),
        new("eigrp", "ip.proto==88", static () => EigrpProtocol.Value),
        new("rsvp", "ip.proto==46", static () => RsvpProtocol.Value),
        new("nhrp", "ip.proto==54 eth.type==0x2001", static () => NhrpProtocol.Value),
        new("mipv6", "ip.proto==135", static () => MobileIpv6Protocol.Value, filters: "mipv6,mip6"),
        new("ipx", "llc.dsap==0xe0 eth.type==0x8137 ppp.protocol==0x2b", static () => IpxProtocol.Value),
        new("rip", "udp.port==520", static () => RipProtocol.Value),
        new("ripng", "udp.port==521", static () => RipngProtocol.Value),
        new("hsrp", "udp.port==1985,2029", static () => HsrpProtocol.Value, filters: "hsrp,hsrp2"),
        new("aodv", "udp.port==654", static () => AodvProtocol.Value),
        new("bgp", "tcp.port==179", static () => BgpProtocol.Value),
        new("ldp", "udp.port==646 tcp.port==646", static () => LdpProtocol.Value),
        new("bfd", "udp.port==3784,4784,7784", static () => BfdProtocol.Value),
        new("bfd_echo", "udp.port==3785", static () => BfdEchoProtocol.Value),
        new("ptp", "eth.type==0x88f7 udp.port==319,320", static () => PtpProtocol.Value),
    ];
}
