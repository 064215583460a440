namespace NetLab.Host.Plots;

/// <summary>Upright bars side by side, each from one value to another: parts of a whole lie over one another as layers of their own.</summary>
/// <param name="Bars">Each: the position on the horizontal axis, and from where to where.</param>
public sealed record BarLayer(IReadOnlyList<(double X, double From, double To)> Bars) : Layer
{
    private const double HalfWidth = 0.28;

    internal override IEnumerable<Point> Extent => Bars.SelectMany(b => new[] { new Point(b.X - 0.5, b.From), new Point(b.X + 0.5, b.To) });

    internal override void Draw(ChartCanvas canvas, int style)
    {
        foreach ((double x, double from, double to) in Bars)
        {
            (double left, double top, double right, double bottom) = (canvas.PlaceX(x - HalfWidth), canvas.PlaceY(to), canvas.PlaceX(x + HalfWidth), canvas.PlaceY(from));
            if (bottom - top < 0.5)
            {
                continue;
            }

            canvas.Svg.Rectangle(left, top, right - left, bottom - top, $"b {SvgStyle.ColorOf(style)}");
            canvas.Svg.Path(Outline(left + 1, top + 1, right - 1, bottom - 1), Class(style), $"{Name}: {SvgText.Value(Math.Round(to - from, 3))}");
        }
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style)
    {
        svg.Rectangle(x, y - 5, 26, 10, $"b {SvgStyle.ColorOf(style)}");
        svg.Path(Outline(x, y - 5, x + 26, y + 5), Class(style));
    }

    // The dash tells what the colour does.
    private static string Class(int style) => $"l {SvgStyle.ColorOf(style)} {SvgStyle.DashOf(style)}";

    private static SvgPath Outline(double left, double top, double right, double bottom)
    {
        var path = new SvgPath();
        path.Move(left, bottom);
        path.Line(right, bottom);
        path.Line(right, top);
        path.Line(left, top);
        path.Line(left, bottom);
        return path;
    }
}
