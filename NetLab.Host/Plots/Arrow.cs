namespace NetLab.Host.Plots;

/// <summary>An arrow of an <see cref="ArrowLayer"/>.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where its head is, or would be if it were not lost.</param>
/// <param name="Label">What is written along it; empty for nothing.</param>
public sealed record Arrow(Point From, Point To, string Label)
{
    /// <summary>Whether it never arrives: it ends halfway, in a cross.</summary>
    public bool IsLost { get; init; }

    /// <summary>Whether it stands out, such as something that was sent again.</summary>
    public bool StandsOut { get; init; }

    /// <summary>What it says when it is pointed at; null for its label.</summary>
    public string? Description { get; init; }
}
