
namespace NetLab.Cluster.Nodes;

/// <summary>A grain is on the node that its key names.</summary>
[Serializable]
[GenerateSerializer]
[Immutable]
internal sealed class OnNodePlacement : PlacementStrategy;
