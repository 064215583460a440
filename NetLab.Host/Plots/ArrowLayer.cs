namespace NetLab.Host.Plots;

/// <summary>
/// Arrows between two upright lines, each with its words near its beginning, along its slope: the ladder of a conversation. What is lost is half an
/// arrow that ends in a cross.
/// </summary>
/// <param name="Arrows">The arrows.</param>
public sealed record ArrowLayer(IReadOnlyList<Arrow> Arrows) : Layer
{
    // Styles beside the layer's own: what is lost, and what stands out.
    private const int LostStyle = 1;
    private const int OddStyle = 3;
    private const double HeadLength = 8;
    private const double HeadWidth = 3;
    private const double TextIndent = 10;
    private const double TextLift = 3;

    internal override IEnumerable<Point> Extent => Arrows.SelectMany(a => new[] { a.From, a.To });

    internal override void Draw(ChartCanvas canvas, int style)
    {
        (_, double top, _, double bottom) = canvas.Area;
        foreach (double end in Arrows.SelectMany(a => new[] { a.From.X, a.To.X }).Distinct())
        {
            var life = new SvgPath();
            life.Move(canvas.PlaceX(end), top);
            life.Line(canvas.PlaceX(end), bottom);
            canvas.Svg.Path(life, "x");
        }

        foreach (Arrow arrow in Arrows)
        {
            Draw(canvas, arrow, arrow.IsLost ? LostStyle : arrow.StandsOut ? OddStyle : style);
        }
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style)
    {
        var path = new SvgPath();
        path.Move(x, y);
        path.Line(x + 24, y);
        Head(path, x, y, x + 24, y);
        svg.Path(path, $"r {SvgStyle.ColorOf(style)}");
    }

    private static void Draw(ChartCanvas canvas, Arrow arrow, int style)
    {
        if (!canvas.TryPlace(arrow.From, out double x1, out double y1) || !canvas.TryPlace(arrow.To, out double x2, out double y2))
        {
            return;
        }

        var path = new SvgPath();
        path.Move(x1, y1);
        if (arrow.IsLost)
        {
            (double x, double y) = ((x1 + x2) / 2, (y1 + y2) / 2);
            path.Line(x, y);
            canvas.Svg.Path(path, $"r {SvgStyle.ColorOf(style)} {SvgStyle.DashOf(style)}", arrow.Description ?? arrow.Label);
            canvas.Svg.Mark(MarkShape.Cross, x, y, $"m {SvgStyle.ColorOf(style)}", arrow.Description ?? arrow.Label);
            canvas.Svg.Text(x + (x2 > x1 ? 8 : -8), y + 4, "lost", x2 > x1 ? $"f {SvgStyle.ColorOf(style)}" : $"f e {SvgStyle.ColorOf(style)}");
        }
        else
        {
            path.Line(x2, y2);
            Head(path, x1, y1, x2, y2);
            canvas.Svg.Path(path, $"r {SvgStyle.ColorOf(style)}", arrow.Description ?? arrow.Label);
        }

        // Half of the way is the label's: what comes the other way has its own there.
        double length = Math.Abs(x2 - x1);
        double angle = Math.Atan2(y2 - y1, Math.Abs(x2 - x1)) * 180 / Math.PI * Math.Sign(x2 - x1);
        double start = x1 + (TextIndent * Math.Sign(x2 - x1));
        string turn = $" transform=\"rotate({SvgText.Coordinate(angle)},{SvgText.Coordinate(x1)},{SvgText.Coordinate(y1)})\"";
        canvas.Svg.Text(start, y1 - TextLift, SvgText.Fit(arrow.Label, length * 0.62, SvgText.SmallSize), x2 > x1 ? "f" : "f e", turn);
    }

    private static void Head(SvgPath path, double x1, double y1, double x2, double y2)
    {
        double length = Math.Max(1e-9, Math.Sqrt(((x2 - x1) * (x2 - x1)) + ((y2 - y1) * (y2 - y1))));
        (double dx, double dy) = ((x2 - x1) / length, (y2 - y1) / length);
        (double backX, double backY) = (x2 - (dx * HeadLength), y2 - (dy * HeadLength));
        path.Move(backX - (dy * HeadWidth), backY + (dx * HeadWidth));
        path.Line(x2, y2);
        path.Line(backX + (dy * HeadWidth), backY - (dx * HeadWidth));
    }
}
