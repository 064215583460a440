using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Reports;

/// <summary>One run as <c>iperf3 -J</c> writes one: start, intervals, end, at the places where programs that read that look for them.</summary>
/// <param name="Start">Where, when and what.</param>
/// <param name="Intervals">The pieces.</param>
/// <param name="End">In total.</param>
internal sealed record Iperf3Document(Iperf3Start Start, IReadOnlyList<PerfInterval> Intervals, PerfEnd End)
{
    /// <summary>A run with what it was asked for.</summary>
    public static Iperf3Document Of(PerfRun run, PerfSettings settings) => new(
        new Iperf3Start(
            run.Start.Timestamp,
            run.Start.SystemInfo,
            run.Start.Version,
            new Iperf3TestStart(
                run.Transport.EndsWith("udp", StringComparison.Ordinal) ? "UDP" : "TCP",
                settings.Streams,
                settings.SegmentSize,
                settings.WarmUp.TotalSeconds,
                settings.Bytes > 0 ? 0 : settings.Time.TotalSeconds,
                settings.Bytes,
                run.Direction == "reverse" ? 1 : 0,
                settings.Rate)),
        run.Intervals,
        run.End);
}

/// <summary>Where, when and what.</summary>
internal sealed record Iperf3Start(PerfTimestamp Timestamp, string SystemInfo, string Version, Iperf3TestStart TestStart);

/// <summary>What was asked for.</summary>
/// <param name="Protocol">TCP or UDP, whoever's it is.</param>
/// <param name="NumStreams">Streams at once.</param>
/// <param name="Blksize">Bytes a datagram or segment.</param>
/// <param name="Omit">Seconds before the measured part.</param>
/// <param name="Duration">Seconds of it; 0 where bytes end it.</param>
/// <param name="Bytes">Bytes that end it; 0 for none.</param>
/// <param name="Reverse">1 where the bytes went down the link.</param>
/// <param name="TargetBitrate">Bits a second that were offered; 0 for flat out.</param>
internal sealed record Iperf3TestStart(string Protocol, int NumStreams, int Blksize, double Omit, double Duration, long Bytes, int Reverse, long TargetBitrate);
