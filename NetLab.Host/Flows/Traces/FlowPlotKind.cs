namespace NetLab.Host.Flows.Traces;

/// <summary>What <c>nlab plot</c> draws of a connection: of a qlog file or a capture.</summary>
internal enum FlowPlotKind
{
    /// <summary>Sequence numbers over time, with tcptrace's marks.</summary>
    Sequence,

    /// <summary>Congestion window, ssthresh, what is in flight, the peer's window, and which binds.</summary>
    Cwnd,

    /// <summary>Round trips, their smoothed mean and the timeout.</summary>
    Rtt,

    /// <summary>What was acknowledged, over time.</summary>
    Throughput,

    /// <summary>Who sent what when.</summary>
    Ladder,
}
