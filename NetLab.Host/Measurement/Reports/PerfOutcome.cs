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

    /// <summary>What both halves of a measurement by streams know.</summary>
    public static PerfOutcome Of(PerfSenderReport sent, PerfReport report) =>
        new(sent.Sum, sent.CpuPercent, report with { Intervals = [.. (report.Intervals ?? []).Select((interval, i) => WithSample(interval, sent.Samples ?? [], i))] })
        {
            Congestion = string.Join(',', (sent.Algorithms ?? []).OfType<string>().Distinct()) is { Length: > 0 } names ? names : null,
            Limits = sent.Limits,
            Streams = PerfStream.Of(report, sent.Algorithms ?? [], sent.Resent ?? []),
        };

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
            Distribution = Latency?.Distribution,
            PerSecond = ConnectionsPerSecond,
        });

    // Both halves count seconds, each from its own beginning: the n-th piece here is the n-th there.
    private static PerfInterval WithSample(PerfInterval interval, IReadOnlyList<PerfIntervalSum> samples, int index)
    {
        if (samples.Count == 0)
        {
            return interval;
        }

        PerfIntervalSum sample = samples[Math.Min(index, samples.Count - 1)];
        return new PerfInterval(sample with
        {
            Start = interval.Sum.Start,
            End = interval.Sum.End,
            Bytes = interval.Sum.Bytes,
            Retransmits = index < samples.Count ? sample.Retransmits : 0,
        });
    }
}
