namespace NetLab.Host.Measurement.Reports;

/// <summary>What both halves of a measurement know when it is over.</summary>
/// <param name="Sent">What the sender did.</param>
/// <param name="SenderCpuPercent">How busy its process was.</param>
/// <param name="Report">What the receiver got.</param>
internal sealed record PerfOutcome(PerfSent Sent, double SenderCpuPercent, PerfReport Report)
{
    /// <summary>The sender's congestion control; null for datagrams.</summary>
    public string? Congestion { get; init; }

    /// <summary>What kept the sender from sending more; null where that is not known.</summary>
    public PerfLimits? Limits { get; init; }

    /// <summary>Each of the streams; null of datagrams.</summary>
    public IReadOnlyList<PerfStream>? Streams { get; init; }

    /// <summary>Round trips, where they were measured.</summary>
    public LatencySummary? Latency { get; init; }

    /// <summary>Connections opened, used and closed a second, where that was measured.</summary>
    public double? ConnectionsPerSecond { get; init; }

    /// <summary>The same as a run of a document.</summary>
    public PerfRun ToRun(string transport, int round, PerfStart start) => new(
        transport, round, start, Report.Intervals,
        new PerfEnd(Sent, Report.Received, new PerfProcessorUse(SenderCpuPercent, Report.CpuPercent))
        {
            SenderTcpCongestion = Congestion,
            Intact = Report.Intact,
            LimitedByPercent = Limits,
            Streams = Streams,
            JainsIndex = PerfStream.JainsIndex(Streams),
            P50 = Latency?.P50,
            P90 = Latency?.P90,
            P99 = Latency?.P99,
            P999 = Latency?.P999,
            PerSecond = ConnectionsPerSecond,
        });
}
