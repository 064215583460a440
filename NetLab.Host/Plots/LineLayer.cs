namespace NetLab.Host.Plots;

/// <summary>A line through points in the order given.</summary>
/// <param name="Points">The points; at the resolution of the chart, so that any number of them may be given.</param>
public sealed record LineLayer(IReadOnlyList<Point> Points) : Layer
{
    /// <summary>Whether a value holds until the next one, instead of changing evenly towards it.</summary>
    public bool IsStep { get; init; }

    /// <summary>Whether it is a reference, such as a law's curve: thin and in the colour of the text.</summary>
    public bool IsReference { get; init; }

    /// <summary>Whether each point has a mark of the style's shape: for few points.</summary>
    public bool HasMarks { get; init; }

    internal override IEnumerable<Point> Extent => Points;

    internal override void Draw(ChartCanvas canvas, int style)
    {
        var path = new SvgPath();
        double lastY = 0;
        bool open = false;
        foreach (Point point in canvas.Thin(Points))
        {
            if (!canvas.TryPlace(point, out double x, out double y))
            {
                open = false;
                continue;
            }

            if (!open)
            {
                path.Move(x, y);
            }
            else
            {
                if (IsStep)
                {
                    path.Line(x, lastY);
                }

                path.Line(x, y);
            }

            (open, lastY) = (true, y);
        }

        canvas.Svg.Path(path, Class(style));
        if (HasMarks)
        {
            foreach (Point point in Points)
            {
                if (canvas.TryPlace(point, out double x, out double y))
                {
                    canvas.Svg.Mark(MarkShapes.OfStyle(style), x, y, $"m {SvgStyle.ColorOf(style)}", canvas.Describe(Name, point));
                }
            }
        }
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style)
    {
        var path = new SvgPath();
        path.Move(x, y);
        path.Line(x + 26, y);
        svg.Path(path, Class(style));
        if (HasMarks)
        {
            svg.Mark(MarkShapes.OfStyle(style), x + 13, y, $"m {SvgStyle.ColorOf(style)}", null);
        }
    }

    private string Class(int style) => IsReference ? "l ref" : $"l {SvgStyle.ColorOf(style)} {SvgStyle.DashOf(style)}";
}
