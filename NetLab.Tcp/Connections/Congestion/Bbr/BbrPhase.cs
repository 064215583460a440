namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>The states of BBR (4.3).</summary>
internal enum BbrPhase
{
    /// <summary>Looks for the bandwidth by doubling.</summary>
    Startup,

    /// <summary>Drains the queue that startup has made.</summary>
    Drain,

    /// <summary>ProbeBW_DOWN: leaves room, for others and for the queue to drain.</summary>
    Down,

    /// <summary>ProbeBW_CRUISE: keeps what is in flight.</summary>
    Cruise,

    /// <summary>ProbeBW_REFILL: fills the pipe before a probe.</summary>
    Refill,

    /// <summary>ProbeBW_UP: probes for more bandwidth.</summary>
    Up,

    /// <summary>ProbeRTT: empties the pipe to measure the round trip without a queue.</summary>
    ProbeRoundTrip,
}
