namespace NetLab.Host.Experiments;

/// <summary>A figure that theory foretells, beside the figure that came out.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Unit">The unit of all its values; empty for none.</param>
/// <param name="Low">The least that agrees with it.</param>
/// <param name="High">The most that agrees with it.</param>
/// <param name="Got">What came out.</param>
/// <param name="Source">Where it comes from: the formula, the RFC with its section.</param>
public sealed record Law(string Name, string Unit, double Low, double High, double Got, string Source)
{
    /// <summary>The figure the law names; null where it names only a band.</summary>
    public double? Expected { get; init; }

    /// <summary>
    /// Whether chance has a part in it: over several seeds the mean has to be in the band. Otherwise every run has to.
    /// </summary>
    public bool IsRandom { get; init; }

    /// <summary>Whether it says yes (1) or no (0), instead of a figure.</summary>
    public bool IsStatement { get; init; }

    /// <summary>Whether what came out agrees with the law.</summary>
    public bool Holds => Got >= Low && Got <= High;
}
