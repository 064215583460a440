using NetLab.Host.Plots;

namespace NetLab.Host.Experiments;

/// <summary>A picture of a run.</summary>
/// <param name="Name">Its name, and that of its file without the ending: lower case, words joined by hyphens.</param>
/// <param name="Figure">What it shows.</param>
public sealed record Picture(string Name, Figure Figure);
