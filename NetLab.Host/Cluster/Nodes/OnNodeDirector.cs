using Orleans.Runtime.Placement;

namespace NetLab.Cluster.Nodes;

/// <summary>Finds the node that a grain's key names.</summary>
internal sealed class OnNodeDirector : IPlacementDirector
{
    /// <inheritdoc/>
    /// <exception cref="SiloUnavailableException">There is no such node any more.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string key = target.GrainIdentity.Key.ToString()!;
        return Array.Find(context.GetCompatibleSilos(target), silo => NodeName.KeyOf(silo) == key) is { } found
            ? Task.FromResult(found)
            : throw new SiloUnavailableException($"there is no node {key} any more");
    }
}
