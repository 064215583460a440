namespace NetLab.Host.Plots;

/// <summary>One axis of a <see cref="Chart"/>.</summary>
/// <param name="Title">What it counts, such as "time".</param>
/// <param name="Unit">Its unit, such as "s"; empty for a number without one.</param>
public sealed record Axis(string Title, string Unit)
{
    /// <summary>Whether equal ratios are equally long. Values that are not positive are left out then.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>The least value shown; null to take it from the data (0 for a linear axis whose data begin near it).</summary>
    public double? Min { get; init; }

    /// <summary>The largest value shown; null to take it from the data.</summary>
    public double? Max { get; init; }

    /// <summary>Names of the positions 0, 1, 2 …, instead of numbers; null for numbers.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>The values that are named, and how, instead of round numbers; null for round numbers.</summary>
    public IReadOnlyList<(double Value, string Text)>? Ticks { get; init; }

    /// <summary>Whether values grow the other way: downwards, or to the left.</summary>
    public bool IsReversed { get; init; }

    internal string Label => Unit.Length == 0 ? Title : $"{Title} ({Unit})";
}
