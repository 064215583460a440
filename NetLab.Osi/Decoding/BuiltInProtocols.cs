using NetLab.Osi.Application;
using NetLab.Osi.Application.Databases;
using NetLab.Osi.Application.Directory;
using NetLab.Osi.Application.FileSharing;
using NetLab.Osi.Application.Http2;
using NetLab.Osi.Application.Industry;
using NetLab.Osi.Application.OpenSystems;
using NetLab.Osi.Application.RemoteCalls;
using NetLab.Osi.Application.Security;
using NetLab.Osi.DataLink;
using NetLab.Osi.Network;
using NetLab.Osi.Network.Routing;
using NetLab.Osi.Physical;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;
using NetLab.Osi.Transport.Quic;

namespace NetLab.Osi.Decoding;

/// <summary>
/// The protocols this library takes apart, a row each: name, what chooses it, the protocol. Of two that a number chooses, the
/// first is asked first; those that are recognized by how they begin are asked in this order.
/// </summary>
public static class BuiltInProtocols
{
    /// <summary>All of them.</summary>
    public static ProtocolRegistry Registry { get; } = ProtocolRegistry.OfChecked(
    [
        .. Links, .. LowerProtocols.Links, .. TunnelProtocols.Links, .. Networks, .. LowerProtocols.Networks, .. Transports, .. TunnelProtocols.Tunnels,
        .. Streams, .. ServiceProtocols.Rows, .. Datagrams, .. SecurityProtocols.Rows, .. DirectoryProtocols.Rows, .. FileSharingProtocols.Rows,
        .. RemoteCallProtocols.Rows, .. DatabaseProtocols.Rows, .. IndustryProtocols.Rows, .. OpenSystemsProtocols.Rows, .. LastOfAll,
    ]);

    private static ProtocolReference[] Links =>
    [
        new("frame", "", static () => FrameProtocol.Value),
        new("radiotap", "link.type==127", static () => RadiotapProtocol.Value),
        new("ppi", "link.type==192", static () => PpiProtocol.Value),
        new("prism", "link.type==119", static () => PrismProtocol.Value),
        new("eth", "link.type==1 eth.type==0x6558", static () => EthernetProtocol.Value),
        new("vlan", "eth.type==0x8100,0x88a8,0x9100", static () => VlanProtocol.Value),
        new("pbb", "eth.type==0x88e7", static () => PbbProtocol.Value, filters: "ieee8021ah"),
        new("llc", "eth.type==0x8870", static () => LlcProtocol.Value),
        new("sll", "link.type==113", static () => SllProtocol.Value),
        new("sll2", "link.type==276", static () => SllProtocol.Version2, filters: "sll"),
        new("null", "link.type==0,108", static () => NullProtocol.Value),
        new("ppp", "eth.type==0x880b", static () => PppProtocol.Value),
        new("ppp", "link.type==9,50", static () => HdlcProtocol.Ppp),
        new("ppp", "link.type==166,204", static () => HdlcProtocol.PppWithDirection),
        new("pppoe", "link.type==51 eth.type==0x8863,0x8864", static () => PppoeProtocol.Value, filters: "pppoes"),
        new("mpls", "link.type==219 eth.type==0x8847,0x8848 ip.proto==137 ppp.protocol==0x281", static () => MplsProtocol.Value),
        new("wlan", "link.type==105", static () => WlanProtocol.Value),
        new("hdlc", "link.type==104", static () => HdlcProtocol.Value, filters: "chdlc"),
        new("hdlc", "link.type==205", static () => HdlcProtocol.WithDirection, filters: "chdlc"),
        new("fddi", "link.type==10", static () => FddiProtocol.Value),
        new("tokenring", "link.type==6", static () => TokenRingProtocol.Value, filters: "tr"),
        new("arcnet", "link.type==129", static () => ArcnetProtocol.Value),
        new("framerelay", "link.type==107", static () => FrameRelayProtocol.Value, filters: "fr"),
        new("framerelay", "link.type==206", static () => FrameRelayProtocol.WithDirection, filters: "fr"),
    ];

    private static ProtocolReference[] Networks =>
    [
        new("arp", "eth.type==0x0806,0x8035", static () => ArpProtocol.Value),
        new("ip", "eth.type==0x0800 ip.version==4 ip.proto==4 ppp.protocol==0x21 link.type==228", static () => Ipv4Protocol.Value),
        new("ipv6", "eth.type==0x86dd ip.version==6 ip.proto==41 ppp.protocol==0x57 link.type==229", static () => Ipv6Protocol.Value),
        new("ip", "link.type==101 llc.dsap==6", static () => Ipv4Protocol.OfEitherVersion),
        new("ipv6_hopopts", "", static () => Ipv6Extensions.HopByHop, filters: "ipv6"),
        new("ipv6_dstopts", "", static () => Ipv6Extensions.DestinationOptions, filters: "ipv6"),
        new("ipv6_routing", "", static () => Ipv6Extensions.Routing, filters: "ipv6"),
        new("ipv6_frag", "", static () => Ipv6Extensions.Fragment, filters: "ipv6"),
        new("ah", "ip.proto==51", static () => AhProtocol.Value),
        new("esp", "ip.proto==50", static () => EspProtocol.Value),
        new("icmp", "ip.proto==1", static () => IcmpProtocol.Value),
        new("icmpv6", "ip.proto==58", static () => IcmpV6Protocol.Value),
        new("igmp", "ip.proto==2", static () => IgmpProtocol.Value),
        new("gre", "ip.proto==47", static () => GreProtocol.Value),
        new("erspan", "", static () => ErspanProtocol.Value),
    ];

    private static ProtocolReference[] Transports =>
    [
        new("tcp", "ip.proto==6", static () => TcpProtocol.Value),
        new("udp", "ip.proto==17", static () => UdpProtocol.Value),
        new("sctp", "ip.proto==132 link.type==248", static () => SctpProtocol.Value),
        new("vxlan", "udp.port==4789", static () => VxlanProtocol.Value),
        new("geneve", "udp.port==6081", static () => GeneveProtocol.Value),
        new("gtp", "udp.port==2152,2123", static () => GtpProtocol.Value),
        new("teredo", "udp.port==3544", static () => TeredoProtocol.Value),
        new("quic", "udp.port==443 udp", static () => QuicProtocol.Value, QuicProtocol.Begins),
    ];

    private static ProtocolReference[] Streams =>
    [
        new("session", "", static () => TcpSession.Value, filters: "tcp"),
        new("socks", "tcp.port==1080 tcp", static () => SocksProtocol.Value, SocksProtocol.BeginsGreeting),
        new("tls", "tcp.port==443,465,636,853,989,990,992-995,4433,5061,8443,8883 tcp", static () => TlsProtocol.Value, TlsProtocol.Begins),
        new("sip", "udp.port==5060 tcp.port==5060 udp tcp", static () => SipProtocol.Value, SipProtocol.Begins),
        new("http2", "tcp", static () => Http2Protocol.Value, Http2Protocol.Begins, mayBegin: Http2Protocol.MayBegin),
        new("http", "tcp.port==80,3128,8000,8008,8080,8088,1900,2869,5985 tcp", static () => HttpProtocol.Value, HttpProtocol.Begins),
        new("ssh", "tcp.port==22 tcp", static () => SshProtocol.Value, SshProtocol.Begins),
        new("websocket", "", static () => WebSocketProtocol.Value),
        new("ftp", "tcp.port==21", static () => FtpProtocol.Value),
        new("smtp", "tcp.port==25,587", static () => SmtpProtocol.Value),
        new("pop", "tcp.port==110", static () => PopProtocol.Value),
        new("imap", "tcp.port==143,220", static () => ImapProtocol.Value),
        new("mqtt", "tcp.port==1883 tcp", static () => MqttProtocol.Value, MqttProtocol.Begins),
    ];

    private static ProtocolReference[] Datagrams =>
    [
        new("dns", "udp.port==53 tcp.port==53,5353 media_type==application/dns-message", static () => DnsProtocol.Value),
        new("mdns", "udp.port==5353", static () => DnsProtocol.Mdns, filters: "dns"),
        new("llmnr", "udp.port==5355", static () => DnsProtocol.Llmnr, filters: "dns"),
        new("dhcp", "udp.port==67,68", static () => DhcpProtocol.Value),
        new("dhcpv6", "udp.port==546,547", static () => DhcpV6Protocol.Value),
        new("ntp", "udp.port==123", static () => NtpProtocol.Value),
        new("ssdp", "udp.port==1900", static () => SsdpProtocol.Value),
        new("snmp", "udp.port==161,162", static () => SnmpProtocol.Value),
        new("tftp", "udp.port==69", static () => TftpProtocol.Value),
        new("data", "", static () => DataProtocol.Value),
    ];

    // Without a magic number: they are asked when nothing else is recognized.
    private static ProtocolReference[] LastOfAll =>
    [
        new("dns", "udp", static () => DnsProtocol.Value, DnsRecognizer.Begins),
        new("dns", "tcp", static () => DnsProtocol.Value, DnsRecognizer.BeginsStream),
        new("json", "udp", static () => JsonProtocol.Value, JsonProtocol.Begins),
    ];
}
