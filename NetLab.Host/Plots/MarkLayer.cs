namespace NetLab.Host.Plots;

/// <summary>Single marks, each with what it says when it is pointed at.</summary>
/// <param name="Shape">Their shape.</param>
/// <param name="Points">Where they are.</param>
public sealed record MarkLayer(MarkShape Shape, IReadOnlyList<Point> Points) : Layer
{
    /// <summary>A letter beside each mark, such as R for what was sent again; null for none.</summary>
    public string? Letter { get; init; }

    /// <summary>What each mark says when it is pointed at; null for its coordinates.</summary>
    public IReadOnlyList<string>? Descriptions { get; init; }

    internal override IEnumerable<Point> Extent => Points;

    internal override void Draw(ChartCanvas canvas, int style)
    {
        for (int i = 0; i < Points.Count; i++)
        {
            if (!canvas.TryPlace(Points[i], out double x, out double y))
            {
                continue;
            }

            canvas.Svg.Mark(Shape, x, y, $"m {SvgStyle.ColorOf(style)}", Descriptions?[i] ?? canvas.Describe(Name, Points[i]));
            if (Letter is not null && canvas.HasRoomFor(x, y))
            {
                canvas.Svg.Text(x + 4, y - 3, Letter, $"c {SvgStyle.ColorOf(style)}");
            }
        }
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style)
    {
        svg.Mark(Shape, x + 13, y, $"m {SvgStyle.ColorOf(style)}", null);
        if (Letter is not null)
        {
            svg.Text(x + 17, y - 3, Letter, $"c {SvgStyle.ColorOf(style)}");
        }
    }
}
