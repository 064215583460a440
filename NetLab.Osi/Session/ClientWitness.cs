namespace NetLab.Osi.Session;

/// <summary>How it is known which end of a connection is the client; a later one outweighs an earlier.</summary>
internal enum ClientWitness
{
    /// <summary>It sent the first packet seen.</summary>
    FirstPacket,

    /// <summary>A SYN_ACK was sent to it.</summary>
    SynAck,

    /// <summary>It sent a SYN.</summary>
    Syn,
}
