using NetLab.Osi.Layers;

namespace NetLab.Osi.Statistics;

/// <summary>A protocol in the hierarchy of those that carry one another, and what was seen of it there.</summary>
public sealed class ProtocolNode
{
    // By the number of the protocol: a packet walks the hierarchy in as many steps as it has layers.
    private readonly ProtocolNode?[] _children = new ProtocolNode?[(int)ProtocolId.Data + 1];

    internal ProtocolNode(string name) => Name = name;

    /// <summary>The protocol's name.</summary>
    public string Name { get; }

    /// <summary>Packets that have it here.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes on the wire of those packets.</summary>
    public long Bytes { get; internal set; }

    /// <summary>The protocols it carries, those of most packets first.</summary>
    public IEnumerable<ProtocolNode> Children => _children.OfType<ProtocolNode>().OrderByDescending(c => c.Packets);

    internal ProtocolNode Child(ProtocolId protocol) => _children[(int)protocol] ??= new ProtocolNode(ProtocolNames.Of(protocol));
}
