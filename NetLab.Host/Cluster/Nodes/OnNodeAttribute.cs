using Orleans.Placement;

namespace NetLab.Cluster.Nodes;

/// <summary>Marks a grain that is on the node that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnNodeAttribute() : PlacementAttribute(new OnNodePlacement());
