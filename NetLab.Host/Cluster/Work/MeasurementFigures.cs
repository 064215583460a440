namespace NetLab.Cluster.Work;

/// <summary>What is shown of a measurement; the whole is in what was saved.</summary>
/// <param name="BitsPerSecond">What the receiver got.</param>
/// <param name="IdleMilliseconds">The median round trip of an idle path; null where it was not measured.</param>
/// <param name="LoadedMilliseconds">The same beside a load towards the receiver.</param>
[GenerateSerializer]
internal sealed record MeasurementFigures(double BitsPerSecond, double? IdleMilliseconds, double? LoadedMilliseconds);
