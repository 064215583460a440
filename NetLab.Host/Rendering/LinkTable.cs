using System.Globalization;
using NetLab.Host.Measurement.Reports;
using NetLab.Udp.Links;
using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>What a relay has done, per direction; drawn again and again, with the rate since it was drawn last.</summary>
internal sealed class LinkTable(LinkRelay relay)
{
    private static readonly string[] Columns =
        ["direction", "entered", "delivered", "rate", "lost", "scripted", "queue", "early", "down", "too large", "delayed", "held back", "reordered", "duplicated", "corrupted", "marked"];

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Dictionary<LinkStatistics, (long Bytes, long At)> _before = [];

    /// <summary>As it is now.</summary>
    public Table Draw()
    {
        var table = new Table().RoundedBorder();
        foreach (string column in Columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "direction" ? Justify.Left : Justify.Right, NoWrap = true });
        }

        Add(table, "up", relay.Up);
        Add(table, "down", relay.Down);

        // What serves a measurement and is not part of it: nlab perf's warm-up and messages.
        if (relay.UpAside.Entered + relay.DownAside.Entered > 0)
        {
            Add(table, "up, aside", relay.UpAside);
            Add(table, "down, aside", relay.DownAside);
        }

        LatencySummary? late = LatencySummary.From(relay.Lateness);
        string lateness = late is null ? "" : $", late p50 {Micro(late.P50)} p99 {Micro(late.P99)}";
        string drops = relay.BufferDrops is > 0 and var n ? $", socket buffer full {n} times" : "";
        string failures = relay.SendFailures > 0 ? $", not taken by the system {relay.SendFailures}" : "";
        table.Caption = new TableTitle(Markup.Escape($"clients {relay.Clients}{lateness}{drops}{failures}"));
        return table;
    }

    private static string Micro(double microseconds) => Units.Short(TimeSpan.FromMicroseconds(microseconds));

    private void Add(Table table, string name, LinkStatistics s)
    {
        long now = _time.GetTimestamp();
        (long bytes, long at) = _before.GetValueOrDefault(s, (0, now));
        double seconds = _time.GetElapsedTime(at, now).TotalSeconds;
        _before[s] = (s.DeliveredBytes, now);
        table.AddRow([name, Number(s.Entered), Number(s.Delivered), seconds > 0 ? Units.Rate(8 * (s.DeliveredBytes - bytes) / seconds) : "-", .. new[]
        {
            s.Lost, s.ScriptedDrops, s.QueueDrops, s.EarlyDrops, s.LostWhileDown, s.TooLarge, s.Delayed, s.HeldBack, s.Reordered, s.Duplicated, s.Corrupted, s.Marked,
        }.Select(Number)]);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
