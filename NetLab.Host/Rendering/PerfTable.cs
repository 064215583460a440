using System.Globalization;
using NetLab.Host.Measurement.Reports;
using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>Runs side by side.</summary>
internal static class PerfTable
{
    private static readonly (string Title, bool OfDatagrams, bool OfStreams, Func<PerfRun, string> Cell)[] Columns =
    [
        ("transport", true, true, run => run.Transport),
        ("round", true, true, run => Number(run.Round)),
        ("received", true, true, run => Units.Rate(run.End.SumReceived.BitsPerSecond) + (run.End.Intact ? "" : " DAMAGED")),
        ("sent", true, true, run => Units.Rate(run.End.SumSent.BitsPerSecond)),
        ("lost", true, false, run => string.Create(CultureInfo.InvariantCulture, $"{run.End.SumReceived.LostPercent:F2} %")),
        ("on link", true, false, run => Number(run.End.SumReceived.LostOnLink)),
        ("in buffer", true, false, run => Number(run.End.SumReceived.LostInSocketBuffer)),
        ("reordered", true, false, run => Number(run.End.SumReceived.OutOfOrder)),
        ("doubled", true, false, run => Number(run.End.SumReceived.Duplicates)),
        ("jitter", true, false, run => Units.Short(TimeSpan.FromMilliseconds(run.End.SumReceived.JitterMs))),
        ("delay p50/p99", true, false, run => run.End.SumReceived.OneWayDelayUs is { } delay
            ? $"{Units.Short(TimeSpan.FromMicroseconds(delay.P50))}/{Units.Short(TimeSpan.FromMicroseconds(delay.P99))}"
            : "-"),
        ("resent", false, true, run => Number(run.End.SumSent.Retransmits)),
        ("CPU %", true, true, run => string.Create(
            CultureInfo.InvariantCulture, $"{run.End.CpuUtilizationPercent.HostTotal:F0}/{run.End.CpuUtilizationPercent.RemoteTotal:F0}")),
    ];

    /// <summary>A row a run; columns that say nothing of any of them are left out.</summary>
    public static Table Of(IReadOnlyCollection<PerfRun> runs)
    {
        var table = new Table().RoundedBorder();
        bool datagrams = runs.Any(IsOfDatagrams);
        bool streams = runs.Any(r => !IsOfDatagrams(r));
        (string Title, bool OfDatagrams, bool OfStreams, Func<PerfRun, string> Cell)[] shown =
            [.. Columns.Where(c => (c.OfDatagrams && datagrams) || (c.OfStreams && streams) || runs.Count == 0)];
        foreach (var column in shown)
        {
            table.AddColumn(new TableColumn(column.Title) { Alignment = column.Title == "transport" ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (PerfRun run in runs)
        {
            table.AddRow([.. shown.Select(c => new Text((IsOfDatagrams(run) ? c.OfDatagrams : c.OfStreams) ? c.Cell(run) : "-"))]);
        }

        return table;
    }

    /// <summary>Medians and ratios, a line each; none for a single run.</summary>
    public static IEnumerable<string> Summary(PerfDocument document)
    {
        if (document.Runs.Count < 2)
        {
            yield break;
        }

        foreach ((string transport, double median) in document.Medians)
        {
            yield return $"median {transport}: {Units.Rate(median)}";
        }

        // Against the yardsticks if they were measured; else each against those before it.
        string[] transports = [.. document.Medians.Keys];
        bool yardstick = transports.Any(IsKernel) && !transports.All(IsKernel);
        IEnumerable<KeyValuePair<string, double>> shown = document.Ratios.Where(r => r.Key.Split('/') is [var a, var b]
            && (yardstick ? !IsKernel(a) && IsKernel(b) : Array.IndexOf(transports, a) < Array.IndexOf(transports, b)));
        foreach ((string pair, double ratio) in shown)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{pair}: {ratio:F2}");
        }
    }

    private static bool IsKernel(string transport) => transport.StartsWith("kernel-", StringComparison.Ordinal);

    private static bool IsOfDatagrams(PerfRun run) => run.Transport is "udp" or "kernel-udp";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
