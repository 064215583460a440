namespace NetLab.Osi.Statistics;

/// <summary>Whose addresses a table of conversations or endpoints is about.</summary>
public enum TrafficKind
{
    /// <summary>Hardware addresses of Ethernet.</summary>
    Ethernet,

    /// <summary>IPv4 and IPv6 addresses.</summary>
    Ip,

    /// <summary>Addresses and TCP ports.</summary>
    Tcp,

    /// <summary>Addresses and UDP ports.</summary>
    Udp,
}
