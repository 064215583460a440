using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Osi.Model;
using NetLab.Osi.Statistics;
using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>What a capture adds up to, as tables.</summary>
internal static class StatsView
{
    // A table on a terminal ends where nobody reads on; CSV and JSON have every interval.
    private const int MaxIntervals = 1000;

    public static void Show(CaptureStatistics statistics, IReadOnlyList<Conversation> conversations, int count, IReadOnlyList<Anomaly> anomalies, TrafficReport tables)
    {
        Terminal.Out.WriteLine(Headline(statistics));
        Layers(statistics).Write(
            Terminal.Out,
            LayerRows(statistics),
            statistics.MediumBits > 0 ? $"on an Ethernet: {Units.Count(statistics.MediumBits)} bits, with preamble, padding, FCS and gap" : null);
        Protocols(statistics).Write(Terminal.Out, [.. Descend(statistics.Protocols, 0)]);
        if (conversations.Count > 0)
        {
            Conversations.Write(Terminal.Out, [.. conversations], count > conversations.Count ? $"the {conversations.Count} largest of {Units.Count(count)}" : null);
        }

        Show(tables);
        Anomalies.Write(Terminal.Out, [.. anomalies.Count > 0 ? anomalies : [new Anomaly("nothing", 0, null)]]);
    }

    /// <summary>The tables that somebody asked for.</summary>
    public static void Show(TrafficReport tables)
    {
        if (tables.Endpoints is not null)
        {
            Endpoints.Write(Terminal.Out, [.. tables.EndpointRows], Shown(tables.EndpointRows.Count, tables.EndpointCount));
        }

        if (tables.HasConversations)
        {
            Traffic.Write(Terminal.Out, [.. tables.ConversationRows], Shown(tables.ConversationRows.Count, tables.ConversationCount));
        }

        if (tables.Intervals is { } intervals)
        {
            List<IntervalCounts.Interval> rows = [.. intervals.All.Take(MaxIntervals + 1)];
            Intervals.Write(Terminal.Out, rows[..Math.Min(rows.Count, MaxIntervals)], rows.Count > MaxIntervals ? $"the first {MaxIntervals}; --csv and --json have all" : null);
        }
    }

    private static ColumnTable<Traffic> Endpoints { get; } = new(
    [
        new("address", r => r.First) { IsText = true, Rank = 0 },
        new("packets", r => Units.Count(r.Packets)),
        new("packets sent", r => Units.Count(r.PacketsSent)) { Heading = "sent", Rank = 2 },
        new("packets received", r => Units.Count(r.PacketsReceived)) { Heading = "received", Rank = 3 },
        new("bytes", r => Units.Count(r.Bytes)) { Rank = 0 },
        new("bytes sent", r => Units.Count(r.BytesSent)) { Heading = "sent", Rank = 2 },
        new("bytes received", r => Units.Count(r.BytesReceived)) { Heading = "received", Rank = 3 },
    ]);

    private static ColumnTable<Traffic> Traffic { get; } = new(
    [
        new("from", r => r.First) { IsText = true, Rank = 0, IsKey = true },
        new("to", r => r.Second ?? "") { IsText = true, Rank = 0, IsKey = true },
        new("packets", r => Units.Count(r.Packets)),
        new("packets sent", r => Units.Count(r.PacketsSent)) { Heading = "→", Rank = 4 },
        new("packets received", r => Units.Count(r.PacketsReceived)) { Heading = "←", Rank = 4 },
        new("bytes", r => Units.Count(r.Bytes)),
        new("bytes sent", r => Units.Count(r.BytesSent)) { Heading = "→", Rank = 3 },
        new("bytes received", r => Units.Count(r.BytesReceived)) { Heading = "←", Rank = 3 },
        new("start", r => r.Start is { } start ? Seconds(start) : "") { Rank = 5 },
        new("seconds", r => Seconds(r.Duration)) { Rank = 2 },
        new("rate", r => r.Duration > 0 ? Units.Rate(8 * r.Bytes / r.Duration) : "") { Rank = 5 },
    ]);

    // Rows that are values need code of their own, compiled when it is first run: the tables of every call have objects, and this one is made when it is asked for.
    private static ColumnTable<IntervalCounts.Interval> Intervals => new(
    [
        new("from second", i => Seconds(i.Start)) { Rank = 0 },
        new("packets", i => Units.Count(i.Packets)),
        new("bytes", i => Units.Count(i.Bytes)),
        new("rate", i => Units.Rate(i.BitsPerSecond)),
    ]);

    private static string Seconds(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string? Shown(int shown, int count) => count > shown ? $"{shown} of {Units.Count(count)}" : null;

    private static ColumnTable<Conversation> Conversations { get; } = new(
    [
        new("conversation", c => $"{c.Protocol} {c.Number}") { IsText = true, Rank = 0 },
        new("from", c => c.First) { IsText = true, Rank = 0 },
        new("to", c => c.Second) { IsText = true, Rank = 0 },
        new("packets sent", c => Units.Count(c.PacketsSent)) { Heading = "→ pkts", Rank = 2 },
        new("packets received", c => Units.Count(c.PacketsReceived)) { Heading = "← pkts", Rank = 2 },
        new("bytes sent", c => Units.Count(c.BytesSent)) { Heading = "→ bytes" },
        new("bytes received", c => Units.Count(c.BytesReceived)) { Heading = "← bytes" },
        new("carries", c => c.Applications) { IsText = true, Rank = 3 },
        new("state", c => c.State ?? "") { IsText = true, Rank = 4 },
    ]);

    private static ColumnTable<Anomaly> Anomalies { get; } = new(
    [
        new("odd", o => o.What) { IsText = true, Rank = 0 },
        new("times", o => o.Count > 0 ? Units.Count(o.Count) : ""),
        new("first in packet", o => o.FirstPacket is { } packet ? Units.Count(packet) : ""),
    ]);

    private static string Headline(CaptureStatistics s)
    {
        string text = $"{Units.Count(s.Packets)} packet{(s.Packets == 1 ? "" : "s")}, {Units.Count(s.WireBytes)} bytes on the wire, {Units.Count(s.CapturedBytes)} captured";
        if (s.FirstTime is not { } first || s.LastTime is not { } last || last <= first)
        {
            return text;
        }

        double seconds = (last - first) / 1e9;
        return string.Create(CultureInfo.InvariantCulture, $"{text},\nin {seconds:0.######} s: {s.Packets / seconds:0.#} packets/s, {Units.Rate(8 * s.WireBytes / seconds)}");
    }

    private static ColumnTable<LayerRow> Layers(CaptureStatistics s) => new(
    [
        new("layer", row => row.Name) { IsText = true, Rank = 0 },
        new("bytes of its headers", row => Units.Count(row.Bytes)),
        new("share", row => Percent(row.Bytes, s.CapturedBytes)),
    ]);

    private static IReadOnlyCollection<LayerRow> LayerRows(CaptureStatistics s) =>
    [
        .. Enum.GetValues<OsiLayer>().Where(l => s.HeaderBytes(l) > 0)
            .Select(l => new LayerRow($"{(int)l} {(l == OsiLayer.DataLink ? "data link" : l.ToString().ToLowerInvariant())}", s.HeaderBytes(l))),
        new LayerRow("payload", s.PayloadBytes),
    ];

    private static ColumnTable<ProtocolRow> Protocols(CaptureStatistics s) => new(
    [
        new("protocol", row => new string(' ', 2 * row.Depth) + row.Node.Name) { IsText = true, Rank = 0 },
        new("packets", row => Units.Count(row.Node.Packets)),
        new("bytes", row => Units.Count(row.Node.Bytes)),
        new("of packets", row => Percent(row.Node.Packets, s.Packets)),
    ]);

    private static IEnumerable<ProtocolRow> Descend(ProtocolNode node, int depth) =>
        node.Children.SelectMany(child => Descend(child, depth + 1)).Prepend(new ProtocolRow(node, depth));

    private static string Percent(long part, long all) => all == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:F1} %");

    private sealed record LayerRow(string Name, long Bytes);

    private sealed record ProtocolRow(ProtocolNode Node, int Depth);
}
