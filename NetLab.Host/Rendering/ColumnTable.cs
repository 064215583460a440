using Spectre.Console;
using Spectre.Console.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>
/// A table that fits: columns for which there is no room are left out and named below, and nothing is cut or folded. Where output goes
/// to no terminal, and COLUMNS says nothing, everything is shown.
/// </summary>
/// <typeparam name="T">What a row is of.</typeparam>
/// <param name="columns">All its columns.</param>
internal sealed class ColumnTable<T>(IReadOnlyList<Column<T>> columns)
{
    // A border and a blank on either side of a cell, and the border at the end.
    private const int PerColumn = 3;
    private const int AtEnd = 1;

    /// <summary>Draws it.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="caption">What stands below; null for nothing.</param>
    public IRenderable Draw(IReadOnlyCollection<T> rows, int width, string? caption = null)
    {
        (Table table, string[] below) = Make(rows, width, caption);
        return new Rows([table, .. below.SelectMany(line => Fold(line, width)).Select(line => new Text(line))]);
    }

    private (Table Table, string[] Below) Make(IReadOnlyCollection<T> rows, int width, string? caption)
    {
        string[][] cells = [.. columns.Select(c => rows.Select(c.Cell).ToArray())];
        int[] widths = [.. columns.Select((c, i) => cells[i].Append(c.Name).Max(text => text.Length))];
        List<int> shown = [.. Enumerable.Range(0, columns.Count)];
        while (shown.Count > 1 && shown.Sum(i => widths[i] + PerColumn) + AtEnd > width)
        {
            shown.Remove(shown.OrderBy(i => columns[i].Rank).ThenBy(i => i).Last());
        }

        var table = new Table().RoundedBorder();
        foreach (int i in shown)
        {
            table.AddColumn(new TableColumn(Markup.Escape(columns[i].Name)) { Alignment = columns[i].IsText ? Justify.Left : Justify.Right, NoWrap = true });
        }

        for (int row = 0; row < rows.Count; row++)
        {
            table.AddRow(shown.Select(i => new Text(cells[i][row])));
        }

        string[] below =
        [
            .. caption is null ? Array.Empty<string>() : [caption],
            .. shown.Count < columns.Count ? [$"no room in {width} columns for: {string.Join(", ", Enumerable.Range(0, columns.Count).Except(shown).Select(i => columns[i].Name))}"] : Array.Empty<string>(),
        ];
        return (table, below);
    }

    private static IEnumerable<string> Fold(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        yield return line;
    }

    /// <summary>Writes it.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="caption">What stands below; null for nothing.</param>
    public void Write(IAnsiConsole console, IReadOnlyCollection<T> rows, string? caption = null) => console.Write(Draw(rows, console.Profile.Width, caption));
}
