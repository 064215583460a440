namespace NetLab.Tcp.Carriers;

/// <summary>Why a packet is not looked at any further. None of these is answered.</summary>
internal enum IpDrop
{
    /// <summary>It is.</summary>
    None,

    /// <summary>No IP packet: a length that lies, a version that is none, a checksum that is wrong.</summary>
    Malformed,

    /// <summary>For another address than ours.</summary>
    NotForUs,

    /// <summary>From an address that nobody can have who is to be answered: our own, loopback, multicast, or none.</summary>
    BadSource,

    /// <summary>With a route that its sender chose (RFC 7126, 4.3 and 4.4; RFC 5095).</summary>
    SourceRoute,

    /// <summary>A part of a packet that no packet comes of: it lies, overlaps, or is there already.</summary>
    Fragment,

    /// <summary>Of a protocol that is not spoken here.</summary>
    OtherProtocol,
}
