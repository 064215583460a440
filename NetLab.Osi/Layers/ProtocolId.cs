namespace NetLab.Osi.Layers;

/// <summary>The protocols this library takes apart; <see cref="ProtocolNames"/> holds their names.</summary>
#pragma warning disable CS1591 // Each member is the protocol its name says; sources stand at the dissectors.
public enum ProtocolId : byte
{
    Frame,

    // Layer 1: what a receiver noted about the signal.
    Radiotap,
    Ppi,
    Prism,

    // Layer 2.
    Ethernet,
    Vlan,
    Pbb,
    Llc,
    Sll,
    Null,
    Ppp,
    Pppoe,
    Mpls,
    Wlan,
    Hdlc,
    Fddi,
    TokenRing,
    Arcnet,
    FrameRelay,
    Stp,
    Cdp,
    Lldp,
    Eapol,

    // Layer 3.
    Arp,
    Ipv4,
    Ipv6,
    Ipv6HopByHop,
    Ipv6DestinationOptions,
    Ipv6Routing,
    Ipv6Fragment,
    Ah,
    Esp,
    Icmp,
    IcmpV6,
    Igmp,
    Gre,
    Erspan,
    Ospf,
    Pim,
    Vrrp,
    Eigrp,

    // Layer 4.
    Tcp,
    Udp,
    Sctp,
    Vxlan,
    Geneve,
    Gtp,
    L2tp,
    Teredo,
    Quic,

    // Layer 5.
    TcpSession,
    Socks,

    // Layer 6.
    Tls,
    Dtls,

    // Layer 7.
    Http,
    Http2,
    WebSocket,
    Dns,
    Mdns,
    Llmnr,
    Nbns,
    Dhcp,
    DhcpV6,
    Ntp,
    Ssdp,
    Snmp,
    Tftp,
    Ssh,
    Ftp,
    Smtp,
    Pop,
    Imap,
    Sip,
    Mqtt,
    Rtp,
    WakeOnLan,

    /// <summary>Bytes that no dissector knows.</summary>
    Data,
}
