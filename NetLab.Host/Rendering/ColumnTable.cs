using Spectre.Console;
using Spectre.Console.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>
/// A table that fits: columns for which there is no room are left out and named below, from 120 columns on shown in a table below, and nothing
/// is cut. Text is folded where even the columns worth most find no room. Where output goes to no terminal, and COLUMNS says nothing, everything
/// is shown.
/// </summary>
/// <typeparam name="T">What a row is of.</typeparam>
/// <param name="columns">All its columns.</param>
internal sealed class ColumnTable<T>(IReadOnlyList<Column<T>> columns)
{
    // A border and a blank on either side of a cell, and the border at the end.
    private const int PerColumn = 3;
    private const int AtEnd = 1;

    // Text is not folded to less: two addresses side by side are still read.
    private const int MinFolded = 16;

    // From this width on nothing is left out: what finds no room beside the others stands in a table below.
    private const int Complete = 120;

    /// <summary>Draws it.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="caption">What stands below; null for nothing.</param>
    public IRenderable Draw(IReadOnlyCollection<T> rows, int width, string? caption = null)
    {
        string[][] cells = [.. columns.Select(c => rows.Select(c.Cell).ToArray())];
        int[] widths = [.. columns.Select((c, i) => cells[i].Append(c.Heading).Max(text => text.Split('\n').Max(line => line.GetCellWidth())))];
        List<int> left = [.. Enumerable.Range(0, columns.Count)];
        List<IRenderable> drawn = [];
        int fresh;
        do
        {
            List<int> shown = drawn.Count == 0 ? [.. left] : [.. Keys().Concat(left).Distinct().Order()];
            HashSet<int> folded = Fit(shown, widths, width, drawn.Count == 0 ? [] : Keys());
            fresh = left.RemoveAll(shown.Contains);
            if (fresh > 0)
            {
                drawn.Add(Make(cells, shown, folded, widths, rows.Count));
            }
        }
        while (width >= Complete && left.Count > 0 && fresh > 0);

        string[] below =
        [
            .. caption is null ? Array.Empty<string>() : [caption],
            .. left.Count > 0 ? [$"no room in {width} columns for: {string.Join(", ", left.Select(i => columns[i].Name))}"] : Array.Empty<string>(),
        ];
        return new Rows([.. drawn, .. below.SelectMany(line => Fold(line, width)).Select(line => new Text(line))]);
    }

    // The columns that say of what a row is; the first, where none is named.
    private int[] Keys() => Enumerable.Range(0, columns.Count).Where(i => columns[i].IsKey).DefaultIfEmpty(0).ToArray();

    // Takes away what does not fit, and says which of the rest are folded to the widths that are then left to them.
    private HashSet<int> Fit(List<int> shown, int[] widths, int width, int[] kept)
    {
        int Excess() => shown.Sum(i => widths[i] + PerColumn) + AtEnd - width;
        bool CanGo(int i) => !kept.Contains(i);
        void LeaveOut() => shown.Remove(shown.Where(CanGo).OrderBy(i => columns[i].Rank).ThenBy(i => i).Last());
        while (shown.Count > kept.Length + 1 && Excess() > 0 && shown.Exists(i => CanGo(i) && columns[i].Rank > 0))
        {
            LeaveOut();
        }

        HashSet<int> folded = [];
        while (Excess() > 0 && shown.Where(i => columns[i].IsText && widths[i] > MinFolded).OrderBy(i => widths[i]).Cast<int?>().LastOrDefault() is { } widest)
        {
            widths[widest]--;
            folded.Add(widest);
        }

        while (shown.Count > kept.Length + 1 && Excess() > 0)
        {
            LeaveOut();
        }

        return folded;
    }

    private Table Make(string[][] cells, List<int> shown, HashSet<int> folded, int[] widths, int rows)
    {
        var table = new Table().RoundedBorder();
        foreach (int i in shown)
        {
            var column = new TableColumn(Markup.Escape(columns[i].Heading)) { Alignment = columns[i].IsText ? Justify.Left : Justify.Right, NoWrap = !folded.Contains(i) };
            table.AddColumn(folded.Contains(i) ? column.Width(widths[i]) : column);
        }

        for (int row = 0; row < rows; row++)
        {
            table.AddRow(shown.Select(i => new Text(cells[i][row])));
        }

        return table;
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
