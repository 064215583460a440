namespace NetLab.Cluster.Meshes;

/// <summary>A pair that was not measured.</summary>
/// <param name="Pair">Which.</param>
/// <param name="Reason">Why.</param>
[GenerateSerializer]
internal sealed record MeshFailure(MeshPair Pair, string Reason);
