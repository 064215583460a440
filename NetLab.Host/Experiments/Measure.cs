namespace NetLab.Host.Experiments;

/// <summary>A figure that came out, without a law about it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
/// <param name="Unit">Its unit; empty for none.</param>
public sealed record Measure(string Name, double Value, string Unit);
