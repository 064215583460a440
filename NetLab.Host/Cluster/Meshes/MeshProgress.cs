using NetLab.Cluster.Work;

namespace NetLab.Cluster.Meshes;

/// <summary>How far the measurements between all nodes are.</summary>
/// <param name="Coordinator">The node that has them made.</param>
/// <param name="Nodes">The nodes that take part, also those that are lost.</param>
/// <param name="Results">What was measured and is not yet known to whoever asks.</param>
/// <param name="Running">What is measured now.</param>
/// <param name="Total">How many pairs there are.</param>
/// <param name="Notes">What there was to say, from the beginning of this coordinator.</param>
/// <param name="Failures">Pairs that cannot be measured, and why.</param>
/// <param name="IsOver">Whether nothing is left to do.</param>
[GenerateSerializer]
internal sealed record MeshProgress(string Coordinator, string[] Nodes, MeshResult[] Results, int Running, int Total, string[] Notes, MeshFailure[] Failures, bool IsOver)
    : IJobProgress;
