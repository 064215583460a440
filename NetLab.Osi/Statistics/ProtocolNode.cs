using NetLab.Osi.Protocols;

namespace NetLab.Osi.Statistics;

/// <summary>A protocol in the hierarchy of those that carry one another, and what was seen of it there.</summary>
public sealed class ProtocolNode
{
    // By the number of the protocol: a packet walks the hierarchy in as many steps as it has layers.
    private readonly Dictionary<Protocol, ProtocolNode> _children = [];

    // Most packets take the way of the one before.
    private Protocol? _lastProtocol;
    private ProtocolNode? _lastChild;

    internal ProtocolNode(string name) => Name = name;

    /// <summary>The protocol's name.</summary>
    public string Name { get; }

    /// <summary>Packets that have it here.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes on the wire of those packets.</summary>
    public long Bytes { get; internal set; }

    /// <summary>The protocols it carries, those of most packets first.</summary>
    public IEnumerable<ProtocolNode> Children => _children.Values.OrderByDescending(c => c.Packets);

    internal ProtocolNode Child(Protocol protocol)
    {
        if (protocol == _lastProtocol)
        {
            return _lastChild!;
        }

        if (!_children.TryGetValue(protocol, out ProtocolNode? child))
        {
            child = new ProtocolNode(protocol.Name);
            _children.Add(protocol, child);
        }

        (_lastProtocol, _lastChild) = (protocol, child);
        return child;
    }
}
