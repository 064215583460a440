namespace NetLab.Host.Plots;

/// <summary>Distributions side by side: quartiles as a box, the median as a line, the rest as whiskers.</summary>
/// <param name="Boxes">Each: the position on the horizontal axis, and the values in any order; those without values are left out.</param>
public sealed record BoxLayer(IReadOnlyList<(double X, IReadOnlyList<double> Values)> Boxes) : Layer
{
    private const double HalfWidth = 0.28;

    internal override IEnumerable<Point> Extent => Boxes.SelectMany(b => b.Values.SelectMany(v => new[] { new Point(b.X - 0.5, v), new Point(b.X + 0.5, v) }));

    internal override void Draw(ChartCanvas canvas, int style)
    {
        foreach ((double x, IReadOnlyList<double> values) in Boxes)
        {
            if (values.Count == 0)
            {
                continue;
            }

            double[] sorted = [.. values.Order()];
            double[] at = [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(q => canvas.PlaceY(Quantile(sorted, q)))];
            (double left, double middle, double right) = (canvas.PlaceX(x - HalfWidth), canvas.PlaceX(x), canvas.PlaceX(x + HalfWidth));
            canvas.Svg.Rectangle(left, at[3], right - left, at[1] - at[3], $"b {SvgStyle.ColorOf(style)}");
            var path = new SvgPath();
            path.Move(left, at[1]);
            path.Line(right, at[1]);
            path.Line(right, at[3]);
            path.Line(left, at[3]);
            path.Line(left, at[1]);
            path.Move(left, at[2]);
            path.Line(right, at[2]);
            path.Move(middle, at[1]);
            path.Line(middle, at[0]);
            path.Move(middle, at[3]);
            path.Line(middle, at[4]);
            canvas.Svg.Path(path, $"r {SvgStyle.ColorOf(style)}", canvas.Describe(Name, new Point(x, Quantile(sorted, 0.5))));
        }
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style) => svg.Rectangle(x + 4, y - 5, 18, 10, $"b {SvgStyle.ColorOf(style)}");

    /// <summary>A quantile of sorted values, between two of them by their distance.</summary>
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="share">0 for the least, 1 for the largest.</param>
    internal static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
