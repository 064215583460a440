using NetLab.Tcp.Options;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.Networks;

/// <summary>A way to break an experiment on purpose: another network, or a TCP with something missing.</summary>
/// <param name="Name">What is broken, a few words.</param>
public sealed record Mutation(string Name)
{
    /// <summary>What becomes of the options of every connection; null for nothing.</summary>
    public Func<ConnectionOptions, ConnectionOptions>? Options { get; init; }

    /// <summary>What becomes of every direction of every link; null for nothing.</summary>
    public Func<LinkDirection, LinkDirection>? Link { get; init; }

    /// <summary>Whether the experiment itself takes the break: it asks <c>Bench.IsBroken</c> for the name.</summary>
    public bool IsOwn { get; init; }
}
