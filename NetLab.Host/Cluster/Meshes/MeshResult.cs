using NetLab.Cluster.Work;

namespace NetLab.Cluster.Meshes;

/// <summary>A pair that was measured.</summary>
/// <param name="Pair">Which.</param>
/// <param name="Began">When both hosts were its own, by the coordinator's clock.</param>
/// <param name="Ended">When they were free again.</param>
/// <param name="Result">What was measured.</param>
[GenerateSerializer]
internal sealed record MeshResult(MeshPair Pair, DateTimeOffset Began, DateTimeOffset Ended, MeasurementResult Result);
