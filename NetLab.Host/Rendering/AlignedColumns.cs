using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>
/// Lines with tabs between, put below one another for a terminal. How wide a column is, the lines say that come first; one that is wider later
/// moves only its own line. Columns for which there is no room are left out and named at the end, the last first; from 120 columns on they stand
/// in a second line, indented.
/// </summary>
/// <param name="output">The terminal; stays the caller's.</param>
/// <param name="width">Its columns.</param>
internal sealed class AlignedColumns(Stream output, int width) : LineStream(output)
{
    private const int Ahead = 200;
    private const int Between = 2;
    private const int Indent = 4;
    private const int Complete = 120;

    private readonly List<string[]> _waiting = [];
    private int[]? _widths;
    private string[] _names = [];
    private int _shown;

    /// <summary>What there is no room for; null for nothing.</summary>
    public string? LeftOut => _widths is not null && _shown < _names.Length && width < Complete
        ? $"no room in {width} columns for: {string.Join(", ", _names[_shown..])}; --tsv has all"
        : null;

    /// <inheritdoc/>
    public override void Flush()
    {
        // The heading alone says little of how wide columns are.
        if (_waiting.Count > 1)
        {
            Settle();
        }

        base.Flush();
    }

    /// <summary>Writes what waits: nothing more comes.</summary>
    public void End()
    {
        Settle();
        base.Flush();
    }

    /// <inheritdoc/>
    protected override void Line(string line)
    {
        string[] cells = line.Split('\t');
        if (_widths is not null)
        {
            Row(cells);
            return;
        }

        _waiting.Add(cells);
        if (_waiting.Count >= Ahead)
        {
            Settle();
        }
    }

    private void Settle()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        if (_widths is null)
        {
            _names = _waiting[0];
            _widths = [.. _names.Select((_, i) => _waiting.Max(cells => i < cells.Length ? cells[i].GetCellWidth() : 0))];
            _shown = Fitting(0, width);
        }

        foreach (string[] cells in _waiting)
        {
            Row(cells);
        }

        _waiting.Clear();
    }

    // How many columns from one on fit side by side; the first always does.
    private int Fitting(int from, int room)
    {
        int end = from + 1;
        int used = _widths![from];
        while (end < _widths.Length && used + Between + _widths[end] <= room)
        {
            used += Between + _widths[end++];
        }

        return end;
    }

    private void Row(string[] cells)
    {
        int count = Math.Min(cells.Length, _widths!.Length);
        for (int start = 0; start < count;)
        {
            int end = Math.Min(Fitting(start, start == 0 ? width : width - Indent), count);
            var line = new System.Text.StringBuilder(start == 0 ? "" : new string(' ', Indent));
            for (int i = start; i < end; i++)
            {
                line.Append(cells[i]).Append(' ', Math.Max(0, _widths[i] - cells[i].GetCellWidth()) + Between);
            }

            Add(line.ToString().TrimEnd());
            Add("\n");
            start = width < Complete ? count : end;
        }
    }
}
