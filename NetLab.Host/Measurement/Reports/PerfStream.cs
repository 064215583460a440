namespace NetLab.Host.Measurement.Reports;

/// <summary>One of several streams.</summary>
/// <param name="Stream">Which, from 0.</param>
/// <param name="Bytes">What its receiver got.</param>
/// <param name="BitsPerSecond">The same as a rate.</param>
/// <param name="Retransmits">Segments sent again.</param>
internal sealed record PerfStream(int Stream, long Bytes, double BitsPerSecond, long Retransmits)
{
    /// <summary>Its sender's congestion control.</summary>
    public string? Congestion { get; init; }

    /// <summary>The streams of a report.</summary>
    public static IReadOnlyList<PerfStream>? Of(PerfReport report, IReadOnlyList<string?> algorithms, IReadOnlyList<long> resent)
    {
        if (report.StreamBytes is not { } bytes || bytes.Count != algorithms.Count || bytes.Count != resent.Count)
        {
            return null;
        }

        double seconds = report.Received.Seconds;
        return [.. bytes.Select((n, i) => new PerfStream(i, n, seconds > 0 ? 8 * n / seconds : 0, resent[i]) { Congestion = algorithms[i] })];
    }

    /// <summary>Jain's index of fairness (1984): 1 where all got as much, 1/n where one got everything; null of fewer than two.</summary>
    public static double? JainsIndex(IReadOnlyList<PerfStream>? streams)
    {
        if (streams is not { Count: > 1 })
        {
            return null;
        }

        double sum = streams.Sum(s => s.BitsPerSecond);
        double squares = streams.Sum(s => s.BitsPerSecond * s.BitsPerSecond);
        return squares > 0 ? sum * sum / (streams.Count * squares) : null;
    }
}
