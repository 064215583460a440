using System.Globalization;
using NetLab.Host.Measurement.Reports;
using Spectre.Console.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>Round trips beside a load, a row a load.</summary>
internal static class LoadedLatencyTable
{
    private static readonly ColumnTable<LoadedLatency> Table = new(
    [
        new("transport", l => l.Transport) { IsText = true, Rank = 2 },
        new("load", l => l.Load) { IsText = true, Rank = 0 },
        new("up", l => Rate(l.UpBitsPerSecond)),
        new("down", l => Rate(l.DownBitsPerSecond)),
        new("p50", l => Micro(l.RoundTrip?.P50)) { Rank = 0 },
        new("p99", l => Micro(l.RoundTrip?.P99)) { Rank = 0 },
        new("increase", Increase),
        new("RPM", l => l.Responsiveness is { } rpm ? string.Create(CultureInfo.InvariantCulture, $"{rpm:F0} {l.ResponsivenessWord}") : "-"),
        new("lost", l => $"{Units.Count(l.Lost)}/{Units.Count(l.Sent)}") { Rank = 2 },
        new("queue", l => l.MaxQueueUp is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{l.MaxQueueUp / 1024.0:F0}/{l.MaxQueueDown / 1024.0:F0} KiB")) { Rank = 2 },
    ]);

    /// <summary>The table.</summary>
    public static IRenderable Of(IReadOnlyList<LoadedLatency> latencies, int width) =>
        Table.Draw(latencies, width, "RPM: round trips a minute at the median; queue: the most that waited on the link, up/down");

    private static string Increase(LoadedLatency latency) => latency.Load == "idle" || latency.IncreaseUs is not { } more
        ? "-"
        : (more < 0 ? "-" : "+") + Units.Short(TimeSpan.FromMicroseconds(Math.Abs(more)));

    private static string Rate(double bits) => bits > 0 ? Units.Rate(bits) : "-";

    private static string Micro(double? microseconds) => microseconds is { } some ? Units.Short(TimeSpan.FromMicroseconds(some)) : "-";
}
