namespace NetLab.Tcp.Timers;

/// <summary>The timers of a connection.</summary>
public enum ConnectionTimer
{
    /// <summary>RTO (RFC 6298).</summary>
    Retransmission,

    /// <summary>PTO: the tail loss probe (RFC 8985, 7).</summary>
    TailLossProbe,

    /// <summary>RACK's wait for a reordered segment (RFC 8985, 6.2).</summary>
    Reordering,

    /// <summary>The zero-window probe (RFC 9293, 3.8.6.1).</summary>
    WindowProbe,

    /// <summary>The next segment of a paced flight.</summary>
    Pacing,

    /// <summary>The delayed acknowledgment (RFC 9293, 3.8.6.3).</summary>
    DelayedAcknowledgment,

    /// <summary>Keep-alive (RFC 9293, 3.8.4).</summary>
    KeepAlive,

    /// <summary>The user timeout (RFC 5482).</summary>
    UserTimeout,

    /// <summary>2 MSL in TIME-WAIT, or an orphan's wait for its peer before that.</summary>
    TimeWait,
}
