namespace NetLab.Host.Measurement.Comparison;

/// <summary>What <c>nlab plot</c> draws.</summary>
internal enum RunPlotKind
{
    /// <summary>What the receiver got, over time; of connections how many a second, round by round.</summary>
    Throughput,

    /// <summary>Round trips of a probe or, without one, those that the transport measured, over time; of nlab perf --latency by percentile.</summary>
    Latency,

    /// <summary>How large a share of the samples is at most so large: of latencies where there are any, else of throughputs.</summary>
    Cdf,

    /// <summary>The samples' quartiles and ends, side by side.</summary>
    Box,

    /// <summary>The congestion window over time; of one run or two also the slow start threshold, and what is in flight.</summary>
    Cwnd,

    /// <summary>The round trip that the transport measured, over time.</summary>
    Rtt,

    /// <summary>What waited before the bottleneck, over time.</summary>
    Queue,

    /// <summary>How much had arrived by when.</summary>
    Sequence,

    /// <summary>Segments sent again, or datagrams lost, in each interval.</summary>
    Loss,

    /// <summary>What kept the sender from sending more, in per cent of the time.</summary>
    Limits,
}
