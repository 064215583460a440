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

    /// <summary>Whether a character is obeyed, turns text around or is not seen, so that JSON has it as an escape, too.</summary>
    internal static bool IsHidden(Rune rune) => rune.Value >= 0x7F && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>A text with what cannot be shown escaped; backslashes stay as they are.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? shown = null;
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            int length = char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
            string? escape = length == 2 ? (IsHidden(new Rune(c, text[at + 1])) ? $"\\U{char.ConvertToUtf32(c, text[at + 1]):x8}" : null)
                : c == '\\' ? null
                : Of(c);
            if (escape is not null)
            {
                shown ??= new StringBuilder(text, 0, at, text.Length + 16);
            }

            shown?.Append(escape ?? text.Substring(at, length));
            at += length;
        }

        return shown?.ToString() ?? text;
    }

    // Controls of C1, marks of direction and joining (Unicode, category Cf), line and paragraph separators.
    private static bool IsHidden(char c) => !char.IsSurrogate(c) && IsHidden(new Rune(c));
}
