
namespace NetLab.Cluster.Nodes;

/// <summary>The nodes that a cluster has now, as the node that asks knows it.</summary>
internal sealed class LiveNodes(IClusterMembershipService membership, IGrainFactory grains)
{
    /// <summary>All of them, in order of their addresses.</summary>
    public IReadOnlyList<SiloAddress> All =>
        [.. membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress).Order()];

    /// <summary>One of them, to ask it.</summary>
    public INodeGrain Of(SiloAddress silo) => grains.GetGrain<INodeGrain>(NodeName.KeyOf(silo));

    /// <summary>Whether a call failed because of the node that it went to, and not because of what it asked for.</summary>
    public static bool IsLost(Exception error) => error is OrleansException or TimeoutException;
}
