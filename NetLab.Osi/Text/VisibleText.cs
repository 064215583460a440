using System.Globalization;
using System.Text;

namespace NetLab.Osi.Text;

/// <summary>Texts of packets as a terminal may show them: what it would obey, turn around or hide is shown as an escape.</summary>
public static class VisibleText
{
    /// <summary>The escape of a character; null if it can be shown as it is.</summary>
    public static string? Of(char c) => c switch
    {
        '\t' => "\\t",
        '\n' => "\\n",
        '\r' => "\\r",
        '\\' => "\\\\",
        < ' ' or '\x7F' => $"\\x{(int)c:x2}",
        < '\x7F' => null,
        _ => IsHidden(c) ? $"\\u{(int)c:x4}" : null,
    };

    /// <summary>A text with what cannot be shown escaped.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(c => c != '\\' && Of(c) is not null))
        {
            return text;
        }

        var shown = new StringBuilder();
        foreach (char c in text)
        {
            shown.Append(c == '\\' ? "\\" : Of(c) ?? c.ToString());
        }

        return shown.ToString();
    }

    // Controls of C1, marks of direction and joining (Unicode, category Cf), line and paragraph separators.
    private static bool IsHidden(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
