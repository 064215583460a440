namespace NetLab.Tcp.Connections.Recovery;

/// <summary>Whether losses are being repaired, and how they were found.</summary>
internal enum RecoveryPhase
{
    /// <summary>Nothing is known to be lost.</summary>
    None,

    /// <summary>Fast recovery: the peer's acknowledgments told (RFC 6675, RFC 8985).</summary>
    Fast,

    /// <summary>The retransmission timer told (RFC 6298).</summary>
    Timeout,
}
