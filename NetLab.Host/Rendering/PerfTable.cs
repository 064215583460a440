using System.Globalization;
using NetLab.Host.Measurement.Reports;
using Spectre.Console.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>Runs side by side.</summary>
internal static class PerfTable
{
    private static readonly (string Title, bool OfDatagrams, bool OfStreams, Func<PerfRun, string> Cell)[] Columns =
    [
        ("transport", true, true, run => run.Label),
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
        ("bound by", false, true, run => run.End.LimitedByPercent is { } limits ? string.Create(CultureInfo.InvariantCulture, $"{limits.Most.Name} {limits.Most.Percent:F0} %") : "-"),
        ("CPU %", true, true, run => string.Create(
            CultureInfo.InvariantCulture, $"{run.End.CpuUtilizationPercent.HostTotal:F0}/{run.End.CpuUtilizationPercent.RemoteTotal:F0}")),
    ];

    private static readonly (string Title, bool OfDatagrams, bool OfStreams, Func<PerfRun, string> Cell)[] OfExchanges =
    [
        Columns[0],
        Columns[1],
        ("p50", true, true, run => Micro(run.End.P50)),
        ("p90", true, true, run => Micro(run.End.P90)),
        ("p99", true, true, run => Micro(run.End.P99)),
        ("p99.9", true, true, run => Micro(run.End.P999)),
        ("lost", true, false, run => Number(run.End.SumReceived.LostPackets)),
        Columns[^1],
    ];

    private static readonly (string Title, bool OfDatagrams, bool OfStreams, Func<PerfRun, string> Cell)[] OfConnections =
    [
        Columns[0],
        Columns[1],
        ("connections/s", true, true, run => Headline(run, run.End.Headline)),
        Columns[^1],
    ];

    /// <summary>A row a run; columns that say nothing of any of them are left out.</summary>
    /// <param name="runs">They.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="caption">What stands below; null for nothing.</param>
    public static IRenderable Of(IReadOnlyCollection<PerfRun> runs, int width, string? caption = null)
    {
        var all = runs.FirstOrDefault()?.End switch
        {
            { P50: not null } => OfExchanges,
            { PerSecond: not null } => OfConnections,
            _ => Columns,
        };
        bool datagrams = runs.Any(IsOfDatagrams);
        bool streams = runs.Any(r => !IsOfDatagrams(r));
        (string Title, bool OfDatagrams, bool OfStreams, Func<PerfRun, string> Cell)[] shown =
            [.. all.Where(c => (c.OfDatagrams && datagrams) || (c.OfStreams && streams) || runs.Count == 0)];
        int rank = 0;
        var table = new ColumnTable<PerfRun>(
        [
            .. shown.Select(c => new Column<PerfRun>(c.Title, run => (IsOfDatagrams(run) ? c.OfDatagrams : c.OfStreams) ? c.Cell(run) : "-")
            {
                IsText = c.Title is "transport" or "bound by",
                IsKey = c.Title is "transport" or "round",
                Rank = rank++,
            }),
        ]);
        return table.Draw(runs, width, caption);
    }

    /// <summary>Of runs with several streams: what each got, and how fair that was, a line a run.</summary>
    public static IEnumerable<string> Streams(PerfDocument document) => document.Runs.Where(run => run.End.JainsIndex is not null).Select(run => string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Label}, round {run.Round}: {string.Join(", ", run.End.Streams!.Select(s => $"{s.Congestion ?? $"stream {s.Stream}"} {Units.Rate(s.BitsPerSecond)}"))}; Jain's index {run.End.JainsIndex:F3}"));

    /// <summary>What kept senders from sending more, a line a transport: the mean over rounds, the largest share first.</summary>
    public static IEnumerable<string> Limits(PerfDocument document) => document.Runs.Where(run => run.End.LimitedByPercent is not null).GroupBy(run => run.Label).Select(group =>
    {
        IEnumerable<(string Name, double Percent)> shares = group.SelectMany(run => run.End.LimitedByPercent!.Shares)
            .GroupBy(share => share.Name).Select(share => (share.Key, share.Average(s => s.Percent))).Where(share => share.Item2 >= 0.5).OrderByDescending(share => share.Item2);
        return $"{group.Key}: bound by {string.Join(", ", shares.Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Name} {share.Percent:F0} %")))}";
    });

    /// <summary>What a run was made for: a rate, a round trip or a number of connections.</summary>
    /// <param name="run">A run that says which of them.</param>
    /// <param name="value">How much.</param>
    public static string Headline(PerfRun run, double value) => run.End switch
    {
        { P50: not null } => $"p50 {Micro(value)}",
        { PerSecond: not null } => string.Create(CultureInfo.InvariantCulture, $"{value:F0}/s"),
        _ => Units.Rate(value),
    };

    /// <summary>Medians and ratios, a line each; none for a single run.</summary>
    public static IEnumerable<string> Summary(PerfDocument document)
    {
        if (document.Runs.Count < 2)
        {
            yield break;
        }

        foreach ((string transport, double median) in document.Medians)
        {
            yield return $"median {transport}: {Headline(document.Runs[0], median)}";
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

    private static string Micro(double? microseconds) => microseconds is { } some ? Units.Short(TimeSpan.FromMicroseconds(some)) : "-";

    private static bool IsKernel(string transport) => transport.StartsWith("kernel-", StringComparison.Ordinal);

    private static bool IsOfDatagrams(PerfRun run) => run.Transport is "udp" or "kernel-udp";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
