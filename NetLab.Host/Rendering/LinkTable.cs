using NetLab.Host.Measurement.Reports;
using NetLab.Udp.Devices;
using NetLab.Udp.Links;
using NetLab.Udp.Time;
using Spectre.Console.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>What a link has done, per direction; drawn again and again, with the rate since it was drawn last.</summary>
internal sealed class LinkTable
{
    private static readonly ColumnTable<Row> Live = new(Columns(new("rate", r => r.Rate) { Rank = 0 }));
    private static readonly ColumnTable<Row> Ended = new(Columns(new("bytes", r => Units.Bytes(r.Of.DeliveredBytes)) { Rank = 0 }));

    private static Column<Row>[] Columns(Column<Row> carried) =>
    [
        new("direction", r => r.Name) { IsText = true, Rank = 0 },
        new("entered", r => Units.Count(r.Of.Entered)) { Rank = 0 },
        new("delivered", r => Units.Count(r.Of.Delivered)) { Rank = 0 },
        carried,
        new("lost", r => Units.Count(r.Of.Lost)) { Rank = 0 },
        new("scripted", r => Units.Count(r.Of.ScriptedDrops)) { Rank = 2 },
        new("queue", r => Units.Count(r.Of.QueueDrops)) { Rank = 0 },
        new("early", r => Units.Count(r.Of.EarlyDrops)) { Rank = 4 },
        new("down", r => Units.Count(r.Of.LostWhileDown)) { Rank = 4 },
        new("too large", r => Units.Count(r.Of.TooLarge)) { Rank = 4 },
        new("delayed", r => Units.Count(r.Of.Delayed)) { Rank = 2 },
        new("held back", r => Units.Count(r.Of.HeldBack)) { Rank = 3 },
        new("reordered", r => Units.Count(r.Of.Reordered)) { Rank = 1 },
        new("duplicated", r => Units.Count(r.Of.Duplicated)) { Rank = 2 },
        new("corrupted", r => Units.Count(r.Of.Corrupted)) { Rank = 2 },
        new("marked", r => Units.Count(r.Of.Marked)) { Rank = 1 },
    ];

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Dictionary<LinkStatistics, (long Bytes, long At)> _before = [];

    private readonly Func<IEnumerable<(string Name, LinkStatistics Of)>> _directions;
    private readonly Func<string> _caption;

    /// <summary>Of a relay.</summary>
    public LinkTable(LinkRelay relay)
    {
        _directions = () => DirectionsOf(relay);
        _caption = () =>
        {
            string drops = relay.BufferDrops is > 0 and var n ? $", socket buffer full {n} times" : "";
            string failures = relay.SendFailures > 0 ? $", not taken by the system {relay.SendFailures}" : "";
            string circling = relay.Circling > 0 ? $", circling {relay.Circling}" : "";
            return $"clients {relay.Clients}{Late(relay.Lateness)}{drops}{failures}{circling}";
        };
    }

    /// <summary>Of a link between devices.</summary>
    public LinkTable(TunLink link)
    {
        _directions = () => [("up", link.Up), ("down", link.Down)];
        _caption = () => $"packets{Late(link.Lateness)}{(link.Refused > 0 ? $", not taken by the system {link.Refused}" : "")}";
    }

    /// <summary>As it is now.</summary>
    /// <param name="width">Columns of the terminal.</param>
    public IRenderable Draw(int width) => Live.Draw([.. _directions().Select(d => Of(d.Name, d.Of))], width, _caption());

    /// <summary>At its end: how much it carried in all, in the place of the rate.</summary>
    /// <param name="width">Columns of the terminal.</param>
    public IRenderable DrawTotal(int width) => Ended.Draw([.. _directions().Select(d => Of(d.Name, d.Of))], width, _caption());

    private static IEnumerable<(string Name, LinkStatistics Of)> DirectionsOf(LinkRelay relay)
    {
        yield return ("up", relay.Up);
        yield return ("down", relay.Down);

        // What serves a measurement and is not part of it: nlab perf's warm-up and messages.
        if (relay.UpAside.Entered + relay.DownAside.Entered > 0)
        {
            yield return ("up, aside", relay.UpAside);
            yield return ("down, aside", relay.DownAside);
        }
    }

    private static string Late(LatencyHistogram lateness) =>
        LatencySummary.From(lateness) is { } late ? $", late p50 {Micro(late.P50)} p99 {Micro(late.P99)}" : "";

    private static string Micro(double microseconds) => Units.Short(TimeSpan.FromMicroseconds(microseconds));

    private Row Of(string name, LinkStatistics s)
    {
        long now = _time.GetTimestamp();
        (long bytes, long at) = _before.GetValueOrDefault(s, (0, now));
        double seconds = _time.GetElapsedTime(at, now).TotalSeconds;
        _before[s] = (s.DeliveredBytes, now);
        return new Row(name, s, seconds > 0 ? Units.Rate(8 * (s.DeliveredBytes - bytes) / seconds) : "-");
    }

    private sealed record Row(string Name, LinkStatistics Of, string Rate);
}
