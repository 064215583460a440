using System.Text.Json.Serialization;

namespace NetLab.Host.Measurement.Reports;

/// <summary>One transport measured once.</summary>
internal sealed record PerfRun(string Transport, int Round, PerfStart Start, IReadOnlyList<PerfInterval> Intervals, PerfEnd End)
{
    /// <summary><c>reverse</c> where the bytes went down the link; null otherwise.</summary>
    public string? Direction { get; init; }

    /// <summary>What it is called beside others.</summary>
    [JsonIgnore]
    public string Label => Direction is null ? Transport : $"{Transport} {Direction}";
}

/// <summary>Where and when.</summary>
internal sealed record PerfStart(PerfTimestamp Timestamp, string SystemInfo, string Version)
{
    /// <summary>This machine, now.</summary>
    public static PerfStart Now() => new(
        new PerfTimestamp(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()),
        $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}",
        $"nlab {typeof(PerfStart).Assembly.GetName().Version?.ToString(3)}");
}

/// <summary>A date.</summary>
/// <param name="Timesecs">Seconds since 1970.</param>
internal sealed record PerfTimestamp(long Timesecs);

/// <summary>A run in total.</summary>
internal sealed record PerfEnd(PerfSent SumSent, PerfReceived SumReceived, PerfProcessorUse CpuUtilizationPercent)
{
    /// <summary>The sender's congestion control; null for datagrams.</summary>
    public string? SenderTcpCongestion { get; init; }

    /// <summary>Whether everything received was what had been sent, at the place where it had been.</summary>
    public bool Intact { get; init; }

    /// <summary>What kept the sender from sending more, in per cent of the time; null of datagrams, and where it is not known.</summary>
    public PerfLimits? LimitedByPercent { get; init; }

    /// <summary>Each of the streams; null of datagrams.</summary>
    public IReadOnlyList<PerfStream>? Streams { get; init; }

    /// <summary>How fairly the streams shared (Jain 1984); null of fewer than two.</summary>
    public double? JainsIndex { get; init; }

    /// <summary>The median of round trips in microseconds, where they were measured; the others likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("p50")]
    public double? P50 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("p90")]
    public double? P90 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("p99")]
    public double? P99 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("p99_9")]
    public double? P999 { get; init; }

    /// <summary>All of the round trips: pairs of a percentile (0 to 100, ascending) and its value in microseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double[]>? Distribution { get; init; }

    /// <summary>Connections opened, used for one request and closed a second, where that was measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PerSecond { get; init; }

    /// <summary>What was to be measured: connections or round trips where there are any, else what the receiver got.</summary>
    [JsonIgnore]
    public double Headline => PerSecond ?? P50 ?? SumReceived.BitsPerSecond;

    /// <summary>What the emulated link did, where one was under the run.</summary>
    public LinkReport? Link { get; init; }
}
