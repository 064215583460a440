namespace NetLab.Udp.Sockets;

/// <summary>The ECN field of an IP header (RFC 3168, 5): what a datagram says of congestion, or lets be said of it.</summary>
public enum EcnCodepoint : byte
{
    /// <summary>A queue that is too long can only drop it.</summary>
    NotEct = 0,

    /// <summary>As good as ECT(0); kept for experiments (RFC 8311).</summary>
    Ect1 = 1,

    /// <summary>It may be marked instead of dropped.</summary>
    Ect0 = 2,

    /// <summary>It met congestion and was marked.</summary>
    Ce = 3,
}
