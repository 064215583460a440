namespace NetLab.Host.Plots;

/// <summary>Something drawn on a <see cref="Chart"/>; later layers lie over earlier ones.</summary>
public abstract record Layer
{
    /// <summary>Its name in the legend; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Which style (colour with dash) it has, from 0, the first eight each with a colour of its own; null to take the next that is free. Layers that belong together
    /// share one.
    /// </summary>
    public int? Style { get; init; }

    /// <summary>Every point that has to be on the chart.</summary>
    internal abstract IEnumerable<Point> Extent { get; }

    /// <summary>Draws it.</summary>
    internal abstract void Draw(ChartCanvas canvas, int style);

    /// <summary>Draws its sign in the legend, 26 wide, around a middle.</summary>
    internal abstract void DrawKey(SvgWriter svg, double x, double y, int style);
}
