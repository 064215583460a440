using System.Globalization;
using System.Text;

namespace NetLab.Host.Captures;

/// <summary>Names for files, made of what strangers called them: no folder, nothing hidden, nothing a file system or a terminal stumbles over.</summary>
internal static class SafeName
{
    // Every file system takes 255 bytes; a number and an ending may come behind.
    private const int MaxLength = 100;

    private static readonly string[] Reserved =
    [
        "CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" }),
    ];

    /// <summary>A name made of the last part of a path or URI.</summary>
    /// <param name="name">What it is called; null if it has no name.</param>
    /// <param name="fallback">What it is called then.</param>
    public static string Of(string? name, string fallback)
    {
        string path = (name ?? "").Split('?', '#')[0].TrimEnd('/', '\\');
        string last = path[(path.LastIndexOfAny(['/', '\\', ':']) + 1)..];
        var safe = new StringBuilder();
        foreach (char c in last)
        {
            bool isPlain = char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' || (c > '\x7F' && char.GetUnicodeCategory(c)
                is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber);
            safe.Append(isPlain ? c : '_');
            if (safe.Length == MaxLength)
            {
                break;
            }
        }

        // Neither hidden, nor an option of a program, nor one that Windows takes for a device or cuts off.
        string text = safe.ToString().TrimStart('.', '-').TrimEnd('.', '_');
        if (text.Length == 0)
        {
            return fallback;
        }

        string stem = text.Split('.')[0];
        return Reserved.Contains(stem, StringComparer.OrdinalIgnoreCase) ? "_" + text : text;
    }
}
