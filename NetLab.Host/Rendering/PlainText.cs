using System.Globalization;
using System.Text;

namespace NetLab.Host.Rendering;

/// <summary>Text that came from somewhere else, made fit for a terminal: what would move the cursor, color or reorder is written as an escape.</summary>
internal static class PlainText
{
    /// <summary>The text on one line.</summary>
    public static string Of(string text) => Of(text, keepsLines: false);

    /// <summary>The text with its line ends and tabs.</summary>
    public static string LinesOf(string text) => Of(text, keepsLines: true);

    private static string Of(string text, bool keepsLines)
    {
        StringBuilder? plain = null;
        int done = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int length = rune.Utf16SequenceLength;
            bool isShown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
                || (keepsLines && (rune.Value is '\n' or '\t'));
            if (isShown)
            {
                plain?.Append(rune.ToString());
            }
            else
            {
                plain ??= new StringBuilder(text, 0, done, text.Length + 16);
                plain.Append(rune.Value < 0x100
                    ? string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}")
                    : string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"));
            }

            done += length;
        }

        return plain?.ToString() ?? text;
    }
}
