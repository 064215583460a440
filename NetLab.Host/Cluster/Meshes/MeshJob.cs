namespace NetLab.Cluster.Meshes;

/// <summary>Measurements between all nodes, once.</summary>
/// <param name="Id">What tells it from others.</param>
/// <param name="Nodes">The nodes that took part when it began; none, to take those that there are.</param>
/// <param name="Transports">By which transports.</param>
/// <param name="Words">Further words of <c>nlab perf</c>.</param>
/// <param name="Limit">How long a measurement takes at most.</param>
/// <param name="Done">What whoever asks has got already.</param>
[GenerateSerializer]
internal sealed record MeshJob(string Id, string[] Nodes, string[] Transports, string[] Words, TimeSpan Limit, MeshPair[] Done);
