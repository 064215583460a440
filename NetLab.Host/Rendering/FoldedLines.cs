using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>Lines that are longer than a terminal is wide go on in the next one, indented, from a blank on; nothing is cut.</summary>
/// <param name="output">The terminal; stays the caller's.</param>
/// <param name="width">Its columns.</param>
/// <param name="indent">Blanks before what goes on.</param>
internal sealed class FoldedLines(Stream output, int width, int indent) : LineStream(output)
{
    // A terminal that is no wider folds by itself.
    private const int MinWidth = 40;

    /// <summary>Folds if somebody looks at standard output.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="indent">Blanks before what goes on.</param>
    /// <returns>A stream that folds, or standard output itself.</returns>
    public static Stream For(Stream output, int indent) =>
        Console.IsOutputRedirected || Terminal.Out.Profile.Width < MinWidth ? output : new FoldedLines(output, Terminal.Out.Profile.Width, indent);

    /// <inheritdoc/>
    protected override void Line(string line)
    {
        int column = 0;
        int start = 0;
        int blank = -1;
        int afterBlank = 0;
        int columnAfterBlank = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e')
            {
                // A color has no width.
                i = line.IndexOf('m', i) is > 0 and var end ? end : line.Length - 1;
                continue;
            }

            int cells = char.IsLowSurrogate(line[i]) ? 0 : char.IsHighSurrogate(line[i]) ? line.Substring(i, Math.Min(2, line.Length - i)).GetCellWidth() : line[i].GetCellWidth();
            if (column + cells > width && start < i)
            {
                bool atBlank = blank > start;
                int end = atBlank ? blank : i;
                Add(line.AsSpan(start, end - start).TrimEnd());
                Add("\n");
                Add(new string(' ', indent));
                start = atBlank ? afterBlank : i;
                column = indent + (atBlank ? column - columnAfterBlank : 0);
                blank = -1;
            }

            column += cells;
            if (line[i] == ' ' && column > indent)
            {
                (blank, afterBlank, columnAfterBlank) = (blank >= 0 && afterBlank == i ? blank : i, i + 1, column);
            }
        }

        Add(line.AsSpan(start));
        Add("\n");
    }
}
