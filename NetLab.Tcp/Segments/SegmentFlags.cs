namespace NetLab.Tcp.Segments;

/// <summary>The control bits of a segment (RFC 9293, 3.1; RFC 3168 and RFC 9768 for the last three).</summary>
[Flags]
public enum SegmentFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 0x01,

    /// <summary>Synchronize sequence numbers.</summary>
    Syn = 0x02,

    /// <summary>Reset the connection.</summary>
    Rst = 0x04,

    /// <summary>Push: hand what has arrived to the application.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgment field is significant.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer is significant; read and ignored here, as RFC 6093 advises.</summary>
    Urg = 0x20,

    /// <summary>ECN echo.</summary>
    Ece = 0x40,

    /// <summary>Congestion window reduced.</summary>
    Cwr = 0x80,

    /// <summary>Accurate ECN (RFC 9768, 3.1); the NS bit of older decoders.</summary>
    Ae = 0x100,
}
