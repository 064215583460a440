namespace NetLab.Host.Plots;

/// <summary>Upright strokes from one value to another, such as segments in a graph of sequence numbers.</summary>
/// <param name="Ranges">Each: where along the horizontal axis, from and to along the vertical one.</param>
public sealed record RangeLayer(IReadOnlyList<(double X, double From, double To)> Ranges) : Layer
{
    /// <summary>Whether the strokes have arrow heads at both ends, as tcptrace draws segments.</summary>
    public bool HasHeads { get; init; }

    /// <summary>Whether they are drawn as narrow empty boxes, such as what was sent and lost.</summary>
    public bool IsHollow { get; init; }

    /// <summary>What each stroke says when it is pointed at; null for its coordinates.</summary>
    public IReadOnlyList<string>? Descriptions { get; init; }

    internal override IEnumerable<Point> Extent => Ranges.SelectMany(r => new[] { new Point(r.X, r.From), new Point(r.X, r.To) });

    internal override void Draw(ChartCanvas canvas, int style)
    {
        for (int i = 0; i < Ranges.Count; i++)
        {
            (double at, double from, double to) = Ranges[i];
            if (!canvas.TryPlace(new Point(at, from), out double x, out double y1) || !canvas.TryPlace(new Point(at, to), out _, out double y2))
            {
                continue;
            }

            var path = new SvgPath();
            if (IsHollow)
            {
                Box(path, x, y1, y2);
            }
            else
            {
                path.Move(x, y1);
                path.Line(x, y2);
            }

            if (HasHeads && y1 - y2 > 6)
            {
                path.Move(x - 2, y2 + 2);
                path.Line(x, y2);
                path.Line(x + 2, y2 + 2);
                path.Move(x - 2, y1 - 2);
                path.Line(x, y1);
                path.Line(x + 2, y1 - 2);
            }

            canvas.Svg.Path(path, $"r {SvgStyle.ColorOf(style)}", Descriptions?[i] ?? canvas.Describe(Name, new Point(at, to)));
        }
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style)
    {
        var path = new SvgPath();
        if (IsHollow)
        {
            Box(path, x + 13, y + 5, y - 5);
        }
        else
        {
            path.Move(x + 13, y - 5);
            path.Line(x + 13, y + 5);
        }

        svg.Path(path, $"r {SvgStyle.ColorOf(style)}");
    }

    private static void Box(SvgPath path, double x, double y1, double y2)
    {
        const double Half = 2.5;
        path.Move(x - Half, y1);
        path.Line(x - Half, y2);
        path.Line(x + Half, y2);
        path.Line(x + Half, y1);
        path.Line(x - Half, y1);
    }
}
