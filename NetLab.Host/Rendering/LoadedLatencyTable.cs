using System.Globalization;
using NetLab.Host.Measurement.Reports;
using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>Round trips beside a load, a row a load.</summary>
internal static class LoadedLatencyTable
{
    private static readonly string[] Columns = ["load", "up", "down", "p50", "p99", "increase", "RPM", "lost", "queue"];

    /// <summary>The table.</summary>
    public static Table Of(IReadOnlyList<LoadedLatency> latencies)
    {
        var table = new Table().RoundedBorder();
        bool several = latencies.Select(l => l.Transport).Distinct().Count() > 1;
        foreach (string column in Columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "load" ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (LoadedLatency l in latencies)
        {
            table.AddRow(
                several ? $"{l.Transport} {l.Load}" : l.Load,
                Rate(l.UpBitsPerSecond),
                Rate(l.DownBitsPerSecond),
                Micro(l.RoundTrip?.P50),
                Micro(l.RoundTrip?.P99),
                l.Load == "idle" || l.IncreaseUs is not { } more ? "-" : (more < 0 ? "-" : "+") + Units.Short(TimeSpan.FromMicroseconds(Math.Abs(more))),
                l.Responsiveness is { } rpm ? string.Create(CultureInfo.InvariantCulture, $"{rpm:F0} {l.ResponsivenessWord}") : "-",
                string.Create(CultureInfo.InvariantCulture, $"{l.Lost}/{l.Sent}"),
                l.MaxQueueUp is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{l.MaxQueueUp / 1024.0:F0}/{l.MaxQueueDown / 1024.0:F0} KiB"));
        }

        table.Caption = new TableTitle("RPM: round trips a minute at the median; queue: the most that waited on the link, up/down");
        return table;
    }

    private static string Rate(double bits) => bits > 0 ? Units.Rate(bits) : "-";

    private static string Micro(double? microseconds) => microseconds is { } some ? Units.Short(TimeSpan.FromMicroseconds(some)) : "-";
}
