using System.Globalization;
using System.Text;

namespace NetLab.Host.Plots;

/// <summary>Text and numbers in an SVG document.</summary>
internal static class SvgText
{
    public const double TitleSize = 15;
    public const double NormalSize = 13;
    public const double SmallSize = 12;

    // What a character of the usual sans-serif fonts is wide on the mean, as a share of the font's size; on the safe side.
    private const double MeanWidth = 0.57;

    /// <summary>How much wider bold characters are.</summary>
    public const double Bold = 1.16;

    /// <summary>How wide a text is, about.</summary>
    public static double WidthOf(string text, double size) => text.Length * size * MeanWidth;

    /// <summary>A text, shortened where it is wider than there is room.</summary>
    public static string Fit(string text, double width, double size)
    {
        int most = Math.Max(1, (int)(width / (size * MeanWidth)));
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");
    }

    /// <summary>A text whose beginning and end remain where it is wider than there is room: what tells names apart is often their end.</summary>
    public static string FitEnds(string text, double width, double size)
    {
        int most = Math.Max(3, (int)(width / (size * MeanWidth)));
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, (most - 1) / 2), "…", text.AsSpan(text.Length - (most / 2)));
    }

    /// <summary>A text on one line, or on two that part at a comma where one is too narrow; each shortened if need be.</summary>
    public static IReadOnlyList<string> Wrap(string text, double width, double size)
    {
        int most = Math.Max(1, (int)(width / (size * MeanWidth)));
        int last = Math.Min(most, text.Length - 1);
        int comma = text.Length <= most ? -1 : text.LastIndexOf(", ", last, StringComparison.Ordinal) is > 0 and var between ? between : text.LastIndexOf(',', last);
        return comma <= 0
            ? [Fit(text, width, size)]
            : [text[..(comma + 1)], Fit(text[(comma + 1)..].TrimStart(), width, size)];
    }

    /// <summary>A coordinate: tenths of a pixel.</summary>
    public static string Coordinate(double value)
    {
        string text = value.ToString("0.#", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    /// <summary>A value for people: three digits that matter, and a prefix of a thousand where it is large.</summary>
    public static string Value(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.###}G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.###}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.###}k"),
        >= 1 => value.ToString("0.###", CultureInfo.InvariantCulture),
        >= 1e-5 => value.ToString("0.######", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>A text as XML holds it: markup escaped, and what XML 1.0 does not allow replaced.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                < 0x20 or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }
}
