namespace NetLab.Host.Plots;

/// <summary>Draws one chart: title, legend, grid, axes, layers. Everything has a place of its own, so that nothing overlaps.</summary>
internal sealed class ChartDrawing(Chart chart, SvgWriter svg, string id)
{
    // Between names of categories, and from a line of one to the next.
    private const double CategoryGap = 8;
    private const double CategoryLine = 14;

    // Names that find no room beside each other stand upright, so long at most; and what the vertical axis takes, about.
    private const double UprightName = 180;
    private const double UpAxisWidth = 70;

    private const double HeadHeight = 22;
    private const double LegendRow = 19;
    private const double AxisHeight = 44;
    private const double KeyWidth = 32;
    private const double KeyGap = 18;
    private const double TickLength = 4;

    /// <summary>How high a chart is, all told.</summary>
    public static double HeightOf(Chart chart, double width) =>
        HeadHeightOf(chart) + (LegendOf(chart, width).Rows * LegendRow) + 10 + Math.Clamp(chart.Height, 60, 1000) + Math.Max(AxisHeight, UprightOf(chart, width) + 12);

    public void Draw(double left, double top, double width)
    {
        double height = Math.Clamp(chart.Height, 60, 1000);
        Point[] extent = [.. chart.Layers.SelectMany(l => l.Extent)];
        var up = new AxisScale(chart.Y, extent.Select(p => p.Y), (int)(height / 50));
        double labels = up.Ticks.Select(t => SvgText.WidthOf(t.Text, SvgText.SmallSize)).DefaultIfEmpty(0).Max();
        double areaLeft = left + 22 + labels + 8;
        double areaWidth = Math.Max(50, left + width - areaLeft - 8);
        var across = new AxisScale(chart.X, extent.Select(p => p.X), (int)(areaWidth / 85));
        if (chart.Title.Length > 0)
        {
            svg.Text(left, top + 15, SvgText.Fit(chart.Title, width, SvgText.NormalSize * SvgText.Bold), "h");
        }

        (IReadOnlyList<(Layer Layer, int Style, double X, int Row)> keys, int rows) = LegendOf(chart, width);
        foreach ((Layer layer, int style, double x, int row) in keys)
        {
            double y = top + HeadHeightOf(chart) + (row * LegendRow) + 9;
            layer.DrawKey(svg, left + x, y, style);
            svg.Text(left + x + KeyWidth, y + 4, SvgText.Fit(layer.Name!, width - KeyWidth, SvgText.NormalSize), "");
        }

        double areaTop = top + HeadHeightOf(chart) + (rows * LegendRow) + 10;
        DrawAxes(up, across, left, areaLeft, areaTop, areaWidth, height, UprightOf(chart, width));
        svg.BeginClip(id, areaLeft, areaTop - 4, areaWidth + 4, height + 8);
        var canvas = new ChartCanvas(chart, svg, across, up, areaLeft, areaTop, areaWidth, height);
        foreach ((Layer layer, int style) in Styled(chart))
        {
            layer.Draw(canvas, style);
        }

        svg.EndClip();
    }

    private void DrawAxes(AxisScale up, AxisScale across, double left, double areaLeft, double areaTop, double width, double height, double upright)
    {
        double bottom = areaTop + height;
        var grid = new SvgPath();
        double lastTop = double.NaN;
        foreach ((double value, string text) in up.Ticks)
        {
            double y = bottom - (up.Place(value) * height);
            grid.Move(areaLeft, y);
            grid.Line(areaLeft + width, y);
            if (!(Math.Abs(lastTop - y) < SvgText.SmallSize))
            {
                svg.Text(areaLeft - 6, y + 4, text, "f e");
                lastTop = y;
            }
        }

        var ticks = new SvgPath();
        double free = double.NegativeInfinity;
        foreach ((double value, string text) in across.Ticks)
        {
            double x = areaLeft + (across.Place(value) * width);
            ticks.Move(x, bottom);
            ticks.Line(x, bottom + TickLength);
            if (chart.X.Categories is { } names)
            {
                // Each is named, however many there are: on two lines where one is too narrow, or upright.
                if (upright > 0)
                {
                    svg.Text(x + 4, bottom + 8, SvgText.FitEnds(text, upright, SvgText.SmallSize), "f e", Turned(x + 4, bottom + 8));
                    continue;
                }

                IReadOnlyList<string> lines = SvgText.Wrap(text, (width / Math.Max(1, names.Count)) - CategoryGap, SvgText.SmallSize);
                for (int i = 0; i < lines.Count; i++)
                {
                    svg.Text(x, bottom + 17 + (i * CategoryLine), lines[i], "f n");
                }

                continue;
            }

            double half = SvgText.WidthOf(text, SvgText.SmallSize) / 2;

            // The last one ends where the chart does.
            double middle = Math.Min(x, areaLeft + width + 8 - half);
            if (middle - half > free)
            {
                svg.Text(middle, bottom + 17, text, "f n");
                free = middle + half + 6;
            }
        }

        svg.Path(grid, "g");
        ticks.Move(areaLeft, areaTop);
        ticks.Line(areaLeft, bottom);
        ticks.Line(areaLeft + width, bottom);
        svg.Path(ticks, "x");
        if (chart.X.Label.Length > 0)
        {
            svg.Text(areaLeft + (width / 2), bottom + 36, SvgText.Fit(chart.X.Label, width, SvgText.NormalSize), "a n");
        }

        double middleY = areaTop + (height / 2);
        svg.Text(left + 12, middleY, SvgText.Fit(chart.Y.Label, height + 20, SvgText.NormalSize), "a n", Turned(left + 12, middleY));
    }

    private static string Turned(double x, double y) => $" transform=\"rotate(-90,{SvgText.Coordinate(x)},{SvgText.Coordinate(y)})\"";

    // How long names of categories are that have to stand upright; 0 where they need not.
    private static double UprightOf(Chart chart, double width)
    {
        if (chart.X.Categories is not { Count: > 0 } names)
        {
            return 0;
        }

        double room = ((width - UpAxisWidth) / names.Count) - CategoryGap;
        return names.All(name => SvgText.Wrap(name, room, SvgText.SmallSize).All(line => SvgText.WidthOf(line, SvgText.SmallSize) <= room && !line.EndsWith('…')))
            ? 0
            : Math.Min(UprightName, names.Max(name => SvgText.WidthOf(name, SvgText.SmallSize)));
    }

    private static IEnumerable<(Layer Layer, int Style)> Styled(Chart chart)
    {
        int next = 0;
        foreach (Layer layer in chart.Layers)
        {
            yield return (layer, layer.Style ?? next++);
        }
    }

    private static double HeadHeightOf(Chart chart) => chart.Title.Length > 0 ? HeadHeight : 0;

    // On one row as they are; on several one below the other, so that the eye finds them.
    private static (IReadOnlyList<(Layer Layer, int Style, double X, int Row)> Keys, int Rows) LegendOf(Chart chart, double width)
    {
        (Layer Layer, int Style, double Width)[] named =
            [.. Styled(chart).Where(l => l.Layer.Name is not null).Select(l => (l.Layer, l.Style, KeyWidth + SvgText.WidthOf(l.Layer.Name!, SvgText.NormalSize)))];
        bool isOneRow = named.Sum(key => key.Width + KeyGap) - KeyGap <= width;
        double column = named.Select(key => key.Width + KeyGap).DefaultIfEmpty(1).Max();
        int columns = isOneRow ? Math.Max(1, named.Length) : Math.Max(1, (int)((width + KeyGap) / column));
        var keys = new List<(Layer, int, double, int)>();
        double x = 0;
        for (int i = 0; i < named.Length; i++)
        {
            x = i % columns == 0 ? 0 : x;
            keys.Add((named[i].Layer, named[i].Style, x, i / columns));
            x += isOneRow ? named[i].Width + KeyGap : column;
        }

        return (keys, (named.Length + columns - 1) / columns);
    }
}
