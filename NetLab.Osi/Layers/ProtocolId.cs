namespace NetLab.Osi.Layers;

/// <summary>The protocols this library takes apart.</summary>
public enum ProtocolId
{
    /// <summary>The frame as captured: times and lengths.</summary>
    Frame,

    /// <summary>Ethernet II and IEEE 802.3.</summary>
    Ethernet,

    /// <summary>BSD loopback (LINKTYPE_NULL and LINKTYPE_LOOP).</summary>
    Null,

    /// <summary>ARP (RFC 826).</summary>
    Arp,

    /// <summary>IPv4 (RFC 791).</summary>
    Ipv4,

    /// <summary>IPv6 (RFC 8200).</summary>
    Ipv6,

    /// <summary>IPv6 hop-by-hop options.</summary>
    Ipv6HopByHop,

    /// <summary>IPv6 destination options.</summary>
    Ipv6DestinationOptions,

    /// <summary>IPv6 routing header.</summary>
    Ipv6Routing,

    /// <summary>IPv6 fragment header.</summary>
    Ipv6Fragment,

    /// <summary>ICMP (RFC 792).</summary>
    Icmp,

    /// <summary>ICMPv6 (RFC 4443).</summary>
    IcmpV6,

    /// <summary>TCP (RFC 9293), over IP or, as NetLab sends it, inside UDP.</summary>
    Tcp,

    /// <summary>UDP (RFC 768).</summary>
    Udp,

    /// <summary>The life of a TCP connection.</summary>
    TcpSession,

    /// <summary>HTTP/1.x (RFC 9112).</summary>
    Http,

    /// <summary>DNS (RFC 1035), with mDNS and LLMNR.</summary>
    Dns,

    /// <summary>Bytes that no dissector knows.</summary>
    Data,
}
