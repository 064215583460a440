using NetLab.Tcp.Options;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>What a socket was told by setsockopt; null where it was told nothing.</summary>
internal sealed record SocketSettings
{
    /// <summary>TCP_NODELAY.</summary>
    public bool? NoDelay { get; init; }

    /// <summary>TCP_MAXSEG.</summary>
    public int? SegmentSize { get; init; }

    /// <summary>SO_RCVBUF.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>SO_SNDBUF.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>TCP_CONGESTION.</summary>
    public CongestionAlgorithm? Congestion { get; init; }

    /// <summary>TCP_USER_TIMEOUT.</summary>
    public TimeSpan? UserTimeout { get; init; }

    /// <summary>SO_KEEPALIVE.</summary>
    public bool? KeepAlive { get; init; }

    /// <summary>TCP_KEEPIDLE.</summary>
    public TimeSpan? KeepAliveIdle { get; init; }

    /// <summary>TCP_KEEPINTVL.</summary>
    public TimeSpan? KeepAliveInterval { get; init; }

    /// <summary>TCP_KEEPCNT.</summary>
    public int? KeepAliveProbes { get; init; }

    /// <summary>TCP_SYNCNT.</summary>
    public int? SynRetransmissions { get; init; }

    /// <summary>TCP_LINGER2.</summary>
    public TimeSpan? FinTimeout { get; init; }

    /// <summary>TCP_KEEPINIT: how long connect goes on.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>TCP_NOOPT: no segment has options.</summary>
    public bool NoOptions { get; init; }

    /// <summary>TCP_NOTSENT_LOWAT.</summary>
    public int? UnsentLowWaterMark { get; init; }

    /// <summary>TCP_QUICKACK.</summary>
    public bool? QuickAcknowledgment { get; init; }

    /// <summary>TCP_RTO_MIN_US.</summary>
    public TimeSpan? MinTimeout { get; init; }

    /// <summary>TCP_RTO_MAX_MS.</summary>
    public TimeSpan? MaxTimeout { get; init; }

    /// <summary>TCP_DELACK_MAX_US.</summary>
    public TimeSpan? DelayedAcknowledgment { get; init; }

    /// <summary>TCP_WINDOW_CLAMP: the largest window that is offered.</summary>
    public int? WindowClamp { get; init; }

    /// <summary>SO_RCVLOWAT: as many bytes are worth a reader's while.</summary>
    public int? ReceiveLowWaterMark { get; init; }

    /// <summary>SO_MAX_PACING_RATE, without a limit: what may be sent is spread over the round trip.</summary>
    public bool? Pacing { get; init; }
}
