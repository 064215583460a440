using System.Globalization;
using NetLab.Cluster.Meshes;
using NetLab.Host.Rendering;
using Spectre.Console;

namespace NetLab.Host.Nodes;

/// <summary>What was measured between all nodes: who sends in rows, who receives in columns.</summary>
internal sealed class MeshMatrix(IReadOnlyList<string> nodes, IReadOnlyList<MeshResult> results)
{
    // A rate, and what stands around it.
    private const int CellWidth = 17;

    /// <summary>One transport's, for a terminal; columns that do not fit are left out, last first, and said.</summary>
    public Table Table(string transport, int width)
    {
        Dictionary<(string From, string To), MeshResult> cells = results.Where(r => r.Pair.Transport == transport).ToDictionary(r => (r.Pair.From, r.Pair.To));
        int room = Math.Max(1, (width - nodes.Max(n => n.Length) - 4) / Math.Max(CellWidth, nodes.Max(n => n.Length) + 3));
        string[] receivers = [.. nodes.Take(room)];
        Table table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape($"{transport}: from (rows) to (columns)")).AddColumn("");
        foreach (string to in receivers)
        {
            table.AddColumn(new TableColumn(Markup.Escape(to)).RightAligned());
        }

        foreach (string from in nodes)
        {
            table.AddRow([Markup.Escape(from), .. receivers.Select(to => from == to ? "" : cells.TryGetValue((from, to), out MeshResult? cell) ? Markup.Escape(Text(cell)) : "missing")]);
        }

        return receivers.Length < nodes.Count ? table.Caption(Markup.Escape($"left out: {string.Join(", ", nodes.Skip(receivers.Length))}")) : table;
    }

    /// <summary>All of it, for programs.</summary>
    public MeshDocument Document(IEnumerable<MeshFailure> failures) => new(
        nodes, [.. results.Select(MeshEntry.Of)], [.. failures.Select(f => new MissingPair(f.Pair.From, f.Pair.To, f.Pair.Transport, f.Reason))]);

    private static string Text(MeshResult cell) => cell.Result.Figures is { IdleMilliseconds: { } idle, LoadedMilliseconds: { } loaded } figures
        ? string.Create(CultureInfo.InvariantCulture, $"{Units.Rate(figures.BitsPerSecond)}\n{idle:F2} / {loaded:F2} ms")
        : Units.Rate(cell.Result.Figures.BitsPerSecond);
}
