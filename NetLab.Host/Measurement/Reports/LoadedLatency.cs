namespace NetLab.Host.Measurement.Reports;

/// <summary>Round trips of a probe beside a load.</summary>
/// <param name="Transport">What carried the load.</param>
/// <param name="Load"><c>idle</c>, <c>up</c>, <c>down</c> or <c>both</c>.</param>
/// <param name="RoundTrip">The probe's round trips, in microseconds; null if none came back.</param>
/// <param name="Sent">Probes sent.</param>
/// <param name="Lost">Those of them that did not come back.</param>
internal sealed record LoadedLatency(string Transport, string Load, LatencySummary? RoundTrip, long Sent, long Lost)
{
    /// <summary>Which turn it was.</summary>
    public int Round { get; init; } = 1;

    /// <summary>What the receiver of the load up got, in bits a second.</summary>
    public double UpBitsPerSecond { get; init; }

    /// <summary>What the receiver of the load down got.</summary>
    public double DownBitsPerSecond { get; init; }

    /// <summary>How much longer the median was than when idle, in microseconds.</summary>
    public double? IncreaseUs { get; init; }

    /// <summary>Round trips a minute at the median: 60,000 over milliseconds.</summary>
    public double? Responsiveness => RoundTrip is { P50: > 0 } trip ? 60e6 / trip.P50 : null;

    /// <summary>The word for it, by Apple's networkQuality: low below 200, medium below 1,000, high.</summary>
    public string? ResponsivenessWord => Responsiveness switch
    {
        null => null,
        < 200 => "low",
        < 1_000 => "medium",
        _ => "high",
    };

    /// <summary>The most that waited on the link's way up, in bytes; null without a link.</summary>
    public long? MaxQueueUp { get; init; }

    /// <summary>The same of its way down.</summary>
    public long? MaxQueueDown { get; init; }

    /// <summary>Each probe that came back, and what waited then.</summary>
    public required IReadOnlyList<ProbeSample> Samples { get; init; }
}

/// <summary>A probe that came back.</summary>
/// <param name="At">Seconds since the load began, when it was sent.</param>
/// <param name="Rtt">Its round trip in microseconds.</param>
/// <param name="QueueUp">Bytes that waited on the way up when it was sent.</param>
/// <param name="QueueDown">The same of the way down.</param>
internal sealed record ProbeSample(double At, double Rtt, long QueueUp, long QueueDown);
