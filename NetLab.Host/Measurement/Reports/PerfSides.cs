using System.Text.Json.Serialization;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Reports;

/// <summary>What the sender did, streams together.</summary>
internal sealed record PerfSent(double Seconds, long Bytes, long Packets)
{
    public double BitsPerSecond => Seconds > 0 ? 8 * Bytes / Seconds : 0;

    public long Retransmits { get; init; }
}

/// <summary>What the receiver got, streams together. Of datagrams each counts once, whole, however often it came.</summary>
internal sealed record PerfReceived(double Seconds, long Bytes, long Packets)
{
    public double BitsPerSecond => Seconds > 0 ? 8 * Bytes / Seconds : 0;

    /// <summary>Datagrams sent and never received.</summary>
    public long LostPackets { get; init; }

    public double LostPercent => Packets + LostPackets > 0 ? 100.0 * LostPackets / (Packets + LostPackets) : 0;

    /// <summary>Of those, the ones lost between the sockets.</summary>
    public long LostOnLink { get; init; }

    /// <summary>Of those, the ones that a full buffer of a socket cost: the receiver was too slow, not the link bad.</summary>
    public long LostInSocketBuffer { get; init; }

    public long OutOfOrder { get; init; }

    public long Duplicates { get; init; }

    /// <summary>Datagrams that arrived changed, or were none of ours; changed ones are lost too.</summary>
    public long Damaged { get; init; }

    public double JitterMs { get; init; }

    /// <summary>From the sender's clock to the receiver's; null where they are not the same.</summary>
    public LatencySummary? OneWayDelayUs { get; init; }
}

/// <summary>Percentiles in microseconds.</summary>
internal sealed record LatencySummary(
    [property: JsonPropertyName("p50")] double P50,
    [property: JsonPropertyName("p90")] double P90,
    [property: JsonPropertyName("p99")] double P99,
    [property: JsonPropertyName("p99_9")] double P999,
    double Max)
{
    // Beyond the last whole per cent, as far as there are values enough to tell.
    private static readonly double[] Tail = [99.5, 99.9, 99.95, 99.99, 99.999];

    /// <summary>The whole of it: pairs of a percentile (0 to 100, ascending) and its value in microseconds.</summary>
    [JsonIgnore]
    public IReadOnlyList<double[]> Distribution { get; init; } = [];

    /// <summary>Null of a histogram that is missing or empty.</summary>
    public static LatencySummary? From(LatencyHistogram? histogram) => histogram is not { Count: > 0 }
        ? null
        : new(
            histogram.Percentile(0.5).TotalMicroseconds,
            histogram.Percentile(0.9).TotalMicroseconds,
            histogram.Percentile(0.99).TotalMicroseconds,
            histogram.Percentile(0.999).TotalMicroseconds,
            histogram.Max.TotalMicroseconds)
        {
            Distribution = DistributionOf(histogram),
        };

    private static double[][] DistributionOf(LatencyHistogram histogram) =>
    [
        .. Enumerable.Range(0, 100).Select(i => (double)i).Concat(Tail.Where(percent => (100 - percent) * histogram.Count >= 100))
            .Select(percent => (double[])[percent, histogram.Percentile(percent / 100).TotalMicroseconds]),
        [100, histogram.Max.TotalMicroseconds],
    ];
}

/// <summary>Percent of one processor.</summary>
/// <param name="HostTotal">Of the sender's process.</param>
/// <param name="RemoteTotal">Of the receiver's.</param>
internal sealed record PerfProcessorUse(double HostTotal, double RemoteTotal);
