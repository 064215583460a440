using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Transport;

/// <summary>Both ends of a conversation, the same for either direction: the lower end comes first.</summary>
internal readonly record struct FlowKey
{
    private readonly (UInt128 Address, int Port) _low;
    private readonly (UInt128 Address, int Port) _high;
    private readonly int _outerPorts;

    /// <param name="packet">The packet.</param>
    /// <param name="carrier">The layer that holds the addresses: IPv4 or IPv6.</param>
    /// <param name="source">Source port.</param>
    /// <param name="destination">Destination port.</param>
    /// <param name="outer">For TCP inside UDP, a number for the UDP conversation: the same TCP ports on another one are another stream.</param>
    public FlowKey(ReadOnlySpan<byte> packet, in LayerEntry carrier, int source, int destination, int outer = -1)
    {
        (UInt128 from, UInt128 to) = carrier.Protocol switch
        {
            ProtocolId.Ipv4 => (
                BinaryPrimitives.ReadUInt32BigEndian(packet[(carrier.Offset + 12)..]),
                BinaryPrimitives.ReadUInt32BigEndian(packet[(carrier.Offset + 16)..])),
            ProtocolId.Ipv6 => (
                BinaryPrimitives.ReadUInt128BigEndian(packet[(carrier.Offset + 8)..]),
                BinaryPrimitives.ReadUInt128BigEndian(packet[(carrier.Offset + 24)..])),
            _ => (UInt128.Zero, UInt128.Zero),
        };
        SourceIsLow = (from, source).CompareTo((to, destination)) <= 0;
        (_low, _high) = SourceIsLow ? ((from, source), (to, destination)) : ((to, destination), (from, source));
        _outerPorts = outer;
    }

    /// <summary>Whether the packet the key was made from goes from the lower end to the higher.</summary>
    public bool SourceIsLow { get; }

    public bool Equals(FlowKey other) => _low == other._low && _high == other._high && _outerPorts == other._outerPorts;

    public override int GetHashCode() => HashCode.Combine(_low, _high, _outerPorts);
}
