namespace NetLab.Host.Plots;

/// <summary>Charts one below the other, as one SVG document. The same input gives the same bytes on every machine.</summary>
/// <param name="Title">The line above them.</param>
/// <param name="Charts">The charts; at least one.</param>
public sealed record Figure(string Title, IReadOnlyList<Chart> Charts)
{
    private const int Margin = 14;
    private const double TitleHeight = 30;
    private const double TitleLine = 19;
    private const double FooterHeight = 22;

    /// <summary>Small text in the corner, such as the seed and the date; empty for none.</summary>
    public string Footer { get; init; } = "";

    /// <summary>Width in pixels, 300 to 4000.</summary>
    public int Width { get; init; } = 760;

    /// <summary>Whether it is light, dark, or as the reader prefers.</summary>
    public ChartTheme Theme { get; init; }

    /// <summary>Draws it.</summary>
    /// <returns>An SVG document that needs nothing outside itself.</returns>
    public string ToSvg()
    {
        IReadOnlyList<string> title = SvgText.Wrap(Title, Width - (2 * Margin), SvgText.TitleSize * SvgText.Bold);
        double head = TitleHeight + ((title.Count - 1) * TitleLine);
        double height = head + Charts.Sum(c => ChartDrawing.HeightOf(c, Width - (2 * Margin))) + (Footer.Length > 0 ? FooterHeight : 8);
        var svg = new SvgWriter();
        svg.Open(Width, height, SvgStyle.Sheet(Theme), Title);
        for (int i = 0; i < title.Count; i++)
        {
            svg.Text(Margin, 21 + (i * TitleLine), title[i], "t");
        }

        double top = head;
        for (int i = 0; i < Charts.Count; i++)
        {
            new ChartDrawing(Charts[i], svg, $"a{i}").Draw(Margin, top, Width - (2 * Margin));
            top += ChartDrawing.HeightOf(Charts[i], Width - (2 * Margin));
        }

        if (Footer.Length > 0)
        {
            svg.Text(Width - Margin, height - 8, SvgText.Fit(Footer, Width - (2 * Margin), SvgText.SmallSize), "f e");
        }

        return svg.Close();
    }
}
