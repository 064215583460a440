namespace NetLab.Host.Plots;

/// <summary>An area across the chart between two values, such as the band that a law allows, or a span of time.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
public sealed record BandLayer(double From, double To) : Layer
{
    /// <summary>Whether the values are along the horizontal axis.</summary>
    public bool IsVertical { get; init; }

    internal override IEnumerable<Point> Extent => [];

    internal override void Draw(ChartCanvas canvas, int style)
    {
        (double left, double top, double right, double bottom) = canvas.Area;
        if (IsVertical)
        {
            (left, right) = (canvas.PlaceX(From), canvas.PlaceX(To));
        }
        else
        {
            (bottom, top) = (canvas.PlaceY(From), canvas.PlaceY(To));
        }

        canvas.Svg.Rectangle(left, top, right - left, bottom - top, $"b {SvgStyle.ColorOf(style)}");
    }

    internal override void DrawKey(SvgWriter svg, double x, double y, int style) => svg.Rectangle(x, y - 5, 26, 10, $"b {SvgStyle.ColorOf(style)}");
}
