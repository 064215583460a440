namespace NetLab.Tcp.Connections.Ecn;

/// <summary>How the two ends tell each other of marks: agreed on in the handshake, the same both ways, and never changed after it.</summary>
internal enum EcnFeedback
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>ECE and CWR: one answer a round trip (RFC 3168).</summary>
    Classic,

    /// <summary>A counter of marked segments, and perhaps bytes in an option (RFC 9768).</summary>
    Accurate,
}
