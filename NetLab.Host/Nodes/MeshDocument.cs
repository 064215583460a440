namespace NetLab.Host.Nodes;

/// <summary>What <c>nlab on CLUSTER mesh --json</c> prints.</summary>
/// <param name="Nodes">The nodes that took part.</param>
/// <param name="Pairs">What was measured.</param>
/// <param name="Missing">What was not.</param>
internal sealed record MeshDocument(IReadOnlyList<string> Nodes, IReadOnlyList<MeshEntry> Pairs, IReadOnlyList<MissingPair> Missing);
