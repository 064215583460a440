namespace NetLab.Host.Experiments.Networks;

/// <summary>A machine on a <see cref="LabNetwork"/>: flows and probes begin and end there.</summary>
/// <param name="Name">Its name in logs and pictures.</param>
public sealed record LabHost(string Name);
