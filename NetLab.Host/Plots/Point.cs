namespace NetLab.Host.Plots;

/// <summary>A point of a <see cref="Chart"/>, in the units of its axes.</summary>
/// <param name="X">Along the horizontal axis.</param>
/// <param name="Y">Along the vertical axis.</param>
public readonly record struct Point(double X, double Y);
