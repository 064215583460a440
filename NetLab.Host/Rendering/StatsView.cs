using System.Globalization;
using NetLab.Osi.Model;
using NetLab.Osi.Statistics;
using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>What a capture adds up to, as tables.</summary>
internal static class StatsView
{
    public static void Show(CaptureStatistics statistics, IReadOnlyList<Conversation> conversations, int count, IReadOnlyList<Oddity> oddities)
    {
        Terminal.Out.WriteLine(Headline(statistics));
        Terminal.Out.Write(Layers(statistics));
        Terminal.Out.Write(Protocols(statistics));
        if (conversations.Count > 0)
        {
            Terminal.Out.Write(Conversations(conversations, count));
        }

        Terminal.Out.Write(Oddities(oddities));
    }

    private static string Headline(CaptureStatistics s)
    {
        string text = $"{s.Packets} packets, {s.WireBytes} bytes on the wire, {s.CapturedBytes} captured";
        if (s.FirstTime is not { } first || s.LastTime is not { } last || last <= first)
        {
            return text;
        }

        double seconds = (last - first) / 1e9;
        return string.Create(CultureInfo.InvariantCulture, $"{text}, in {seconds:0.######} s: {s.Packets / seconds:0.#} packets/s, {Units.Rate(8 * s.WireBytes / seconds)}");
    }

    private static Table Layers(CaptureStatistics s)
    {
        Table table = New("layer", "bytes of its headers", "share");
        foreach (OsiLayer layer in Enum.GetValues<OsiLayer>().Where(l => s.HeaderBytes(l) > 0))
        {
            AddShare(table, $"{(int)layer} {(layer == OsiLayer.DataLink ? "data link" : layer.ToString().ToLowerInvariant())}", s.HeaderBytes(layer), s.CapturedBytes);
        }

        AddShare(table, "payload", s.PayloadBytes, s.CapturedBytes);
        if (s.MediumBits > 0)
        {
            table.Caption = new TableTitle($"on an Ethernet: {s.MediumBits} bits, with preamble, padding, FCS and gap");
        }

        return table;
    }

    private static Table Protocols(CaptureStatistics s)
    {
        Table table = New("protocol", "packets", "bytes", "of packets");
        Add(s.Protocols, 0);
        return table;

        void Add(ProtocolNode node, int depth)
        {
            table.AddRow(
                new Text(new string(' ', 2 * depth) + node.Name), Number(node.Packets), Number(node.Bytes), new Text(Percent(node.Packets, s.Packets)));
            foreach (ProtocolNode child in node.Children)
            {
                Add(child, depth + 1);
            }
        }
    }

    private static Table Conversations(IReadOnlyList<Conversation> conversations, int count)
    {
        Table table = New("conversation", "from", "to", "sent", "bytes", "received", "bytes", "carries", "state");
        foreach (Conversation c in conversations)
        {
            table.AddRow(
                new Text($"{c.Protocol} {c.Number}"), new Text(c.First), new Text(c.Second), Number(c.PacketsSent), Number(c.BytesSent),
                Number(c.PacketsReceived), Number(c.BytesReceived), new Text(c.Applications), new Text(c.State ?? ""));
        }

        if (count > conversations.Count)
        {
            table.Caption = new TableTitle($"the {conversations.Count} largest of {count}");
        }

        return table;
    }

    private static Table Oddities(IReadOnlyList<Oddity> oddities)
    {
        Table table = New("odd", "times", "first in packet");
        foreach (Oddity oddity in oddities)
        {
            table.AddRow(new Text(oddity.What), Number(oddity.Count), oddity.FirstPacket is { } packet ? Number(packet) : new Text(""));
        }

        if (oddities.Count == 0)
        {
            table.AddRow("nothing", "", "");
        }

        return table;
    }

    private static Table New(params string[] columns)
    {
        var table = new Table().RoundedBorder();
        foreach (string column in columns)
        {
            bool isText = column is "layer" or "protocol" or "conversation" or "from" or "to" or "carries" or "state" or "odd";
            table.AddColumn(new TableColumn(column) { Alignment = isText ? Justify.Left : Justify.Right, NoWrap = true });
        }

        return table;
    }

    private static void AddShare(Table table, string name, long bytes, long all) => table.AddRow(new Text(name), Number(bytes), new Text(Percent(bytes, all)));

    private static Text Number(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    private static string Percent(long part, long all) => all == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:F1} %");
}
