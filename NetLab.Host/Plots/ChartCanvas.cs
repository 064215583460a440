namespace NetLab.Host.Plots;

/// <summary>The area of a chart's data while it is drawn: values in, pixels out.</summary>
internal sealed class ChartCanvas(Chart chart, SvgWriter svg, AxisScale across, AxisScale up, double left, double top, double width, double height)
{
    // Marks closer than this to the one before have no letter: they would lie over one another.
    private const double LetterDistance = 11;

    private (double X, double Y) _lastLetter = (double.NegativeInfinity, double.NegativeInfinity);

    public SvgWriter Svg => svg;

    public (double Left, double Top, double Right, double Bottom) Area => (left, top, left + width, top + height);

    public double PlaceX(double x) => left + (across.Place(x) * width);

    public double PlaceY(double y) => top + ((1 - up.Place(y)) * height);

    public bool TryPlace(Point point, out double x, out double y)
    {
        if (!across.Has(point.X) || !up.Has(point.Y))
        {
            (x, y) = (0, 0);
            return false;
        }

        // What is far outside is cut off by the clip; bounded, so that no coordinate is absurd.
        x = Math.Clamp(PlaceX(point.X), left - (10 * width), left + (11 * width));
        y = Math.Clamp(PlaceY(point.Y), top - (10 * height), top + (11 * height));
        return true;
    }

    /// <summary>What a mark says when it is pointed at.</summary>
    public string Describe(string? name, Point point)
    {
        string x = chart.X.Categories is { } names && (int)point.X == point.X && point.X >= 0 && point.X < names.Count
            ? names[(int)point.X]
            : $"{chart.X.Title} {SvgText.Value(point.X)} {chart.X.Unit}";
        return $"{(name is null ? "" : name + ": ")}{x.TrimEnd()}, {$"{chart.Y.Title} {SvgText.Value(point.Y)} {chart.Y.Unit}".TrimEnd()}";
    }

    /// <summary>Whether a letter at a place would lie over the one before it.</summary>
    public bool HasRoomFor(double x, double y)
    {
        if (Math.Abs(x - _lastLetter.X) < LetterDistance && Math.Abs(y - _lastLetter.Y) < LetterDistance)
        {
            return false;
        }

        _lastLetter = (x, y);
        return true;
    }

    /// <summary>
    /// As many points as can be told apart: of those that fall on one column of pixels the first, the least, the largest and the last, in
    /// their order.
    /// </summary>
    public IEnumerable<Point> Thin(IReadOnlyList<Point> points)
    {
        int most = (int)width * 4;
        if (points.Count <= most)
        {
            foreach (Point point in points)
            {
                yield return point;
            }

            yield break;
        }

        int start = 0;
        while (start < points.Count)
        {
            int column = Column(points[start]);
            (int end, int least, int largest) = (start, start, start);
            while (end + 1 < points.Count && Column(points[end + 1]) == column)
            {
                end++;
                least = points[end].Y < points[least].Y ? end : least;
                largest = points[end].Y > points[largest].Y ? end : largest;
            }

            foreach (int index in new SortedSet<int> { start, least, largest, end })
            {
                yield return points[index];
            }

            start = end + 1;
        }
    }

    private int Column(Point point) => across.Has(point.X) ? (int)Math.Floor(across.Place(point.X) * width) : int.MinValue;
}
