namespace NetLab.Cluster.Work;

/// <summary>A measurement that was made.</summary>
/// <param name="Figures">What is shown of it.</param>
/// <param name="Saved">The file that <c>nlab perf --save</c> wrote.</param>
[GenerateSerializer]
internal sealed record MeasurementResult(MeasurementFigures Figures, byte[] Saved);
