namespace NetLab.Host.Plots;

/// <summary>Where values of an axis lie, from 0 to 1, and which of them have ticks.</summary>
internal sealed class AxisScale
{
    private readonly double _low;
    private readonly double _high;
    private readonly bool _isLogarithmic;
    private readonly bool _isReversed;

    /// <param name="axis">The axis.</param>
    /// <param name="values">All values that have to be on it.</param>
    /// <param name="ticks">How many ticks there is room for.</param>
    public AxisScale(Axis axis, IEnumerable<double> values, int ticks)
    {
        (_isLogarithmic, _isReversed) = (axis.IsLogarithmic, axis.IsReversed);
        double[] shown = [.. values.Where(v => double.IsFinite(v) && (!_isLogarithmic || v > 0))];
        (double low, double high) = shown.Length == 0 ? (_isLogarithmic ? 1 : 0, _isLogarithmic ? 10 : 1) : (shown.Min(), shown.Max());
        if (!_isLogarithmic && low > 0 && low < high / 2)
        {
            low = 0;
        }

        (low, high) = (axis.Min ?? low, axis.Max ?? high);
        if (axis.Categories is { } categories)
        {
            (_low, _high) = (-0.5, categories.Count - 0.5);
            Ticks = [.. categories.Select((name, i) => ((double)i, name))];
        }
        else if (_isLogarithmic)
        {
            (_low, _high) = (Math.Log10(axis.Min ?? Math.Pow(10, Math.Floor(Math.Log10(low) + 1e-9))), Math.Log10(axis.Max ?? Math.Pow(10, Math.Ceiling(Math.Log10(high) - 1e-9))));
            _high = Math.Max(_high, _low + 1);
            Ticks = [.. Powers(_low, _high, ticks).Select(v => (v, SvgText.Value(v)))];
        }
        else
        {
            if (high <= low)
            {
                (low, high) = (low - (axis.Min is null ? Math.Max(0.5, Math.Abs(low) * 0.1) : 0), low + Math.Max(0.5, Math.Abs(low) * 0.1));
            }

            double step = Step((high - low) / Math.Max(2, ticks));
            _low = axis.Min ?? (Math.Floor((low / step) + 1e-9) * step);
            _high = axis.Max ?? (Math.Ceiling((high / step) - 1e-9) * step);
            Ticks = [.. Multiples(step).Select(v => (v, SvgText.Value(v)))];
        }

        Ticks = axis.Ticks ?? Ticks;
    }

    /// <summary>The values with ticks, and what stands there.</summary>
    public IReadOnlyList<(double Value, string Text)> Ticks { get; }

    /// <summary>Where a value is: 0 at the axis's beginning, 1 at its end; beyond them outside.</summary>
    public double Place(double value)
    {
        double share = ((_isLogarithmic ? Math.Log10(value) : value) - _low) / (_high - _low);
        return _isReversed ? 1 - share : share;
    }

    /// <summary>Whether a value has a place.</summary>
    public bool Has(double value) => double.IsFinite(value) && (!_isLogarithmic || value > 0);

    // 1, 2 or 5 times a power of ten.
    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double share = rough / power;
        return power * (share <= 1.0001 ? 1 : share <= 2.0001 ? 2 : share <= 5.0001 ? 5 : 10);
    }

    private IEnumerable<double> Multiples(double step)
    {
        for (long i = (long)Math.Ceiling((_low / step) - 1e-9); i * step <= _high + (step * 1e-9); i++)
        {
            yield return i * step;
        }
    }

    private static IEnumerable<double> Powers(double low, double high, int ticks)
    {
        int every = Math.Max(1, (int)Math.Ceiling((high - low) / Math.Max(2, ticks)));
        bool between = high - low <= 2;
        for (int power = (int)Math.Ceiling(low - 1e-9) - 1; power <= high + 1e-9; power += every)
        {
            foreach (int factor in between ? [1, 2, 5] : new[] { 1 })
            {
                double value = factor * Math.Pow(10, power);
                if (Math.Log10(value) >= low - 1e-9 && Math.Log10(value) <= high + 1e-9)
                {
                    yield return value;
                }
            }
        }
    }
}
