namespace NetLab.Host.Plots;

/// <summary>
/// A picture of data: two axes and layers over one another. It says nothing of pixels; <see cref="Figure"/> draws it, the same bytes on
/// every machine.
/// </summary>
/// <param name="Title">What is shown, one line.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Layers">What is drawn, the lowest first.</param>
public sealed record Chart(string Title, Axis X, Axis Y, IReadOnlyList<Layer> Layers)
{
    /// <summary>Height of the area of the data in pixels, 60 to 1000.</summary>
    public int Height { get; init; } = 260;
}
