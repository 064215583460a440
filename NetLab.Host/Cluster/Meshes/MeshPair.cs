using NetLab.Cluster.Nodes;

namespace NetLab.Cluster.Meshes;

/// <summary>What is to be measured: one transport, from one node to another.</summary>
/// <param name="From">The sender's address and port.</param>
/// <param name="To">The receiver's.</param>
/// <param name="Transport">By which transport.</param>
[GenerateSerializer]
internal sealed record MeshPair(string From, string To, string Transport)
{
    /// <summary>The hosts that take part: one, if both nodes are on it.</summary>
    public IEnumerable<string> Hosts => ((string[])[NodeName.HostOf(From), NodeName.HostOf(To)]).Distinct();

    /// <inheritdoc/>
    public override string ToString() => $"{From} -> {To} {Transport}";
}
