using System.Text;

namespace NetLab.Host.Rendering;

/// <summary>Writes text for a terminal without UTF-8: lines, arrows and other signs of drawing as ASCII, everything else as it is.</summary>
/// <param name="inner">Where it goes.</param>
internal sealed class AsciiWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(Of(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count)
    {
        for (int i = index; i < index + count; i++)
        {
            Write(buffer[i]);
        }
    }

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        foreach (char c in value ?? "")
        {
            Write(c);
        }
    }

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    // U+2500 to U+257F are lines and their crossings.
    private static char Of(char value) => value switch
    {
        '─' or '━' or '╌' or '═' => '-',
        '│' or '┃' or '┊' or '║' or '╎' => '|',
        >= '\u2500' and <= '\u257f' => '+',
        '→' or '▶' => '>',
        '←' or '◀' => '<',
        '↑' => '^',
        '↓' => 'v',
        '✗' or '×' or '•' or '·' => 'x',
        '…' => '.',
        'µ' => 'u',
        >= '\u2580' and <= '\u259f' => '#',
        _ => value,
    };
}
