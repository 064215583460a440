using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>Both ends of a conversation, the same for either direction: the lower end comes first.</summary>
internal readonly struct FlowKey : IEquatable<FlowKey>
{
    private readonly AddressNumber _low;
    private readonly AddressNumber _high;
    private readonly ulong _ports;

    /// <param name="from">Source address.</param>
    /// <param name="to">Destination address.</param>
    /// <param name="source">Source port.</param>
    /// <param name="destination">Destination port.</param>
    /// <param name="outer">For TCP inside UDP, a number for the UDP conversation: the same TCP ports on another one are another stream.</param>
    public FlowKey(AddressNumber from, AddressNumber to, int source, int destination, int outer = -1)
    {
        int order = from.CompareTo(to);
        SourceIsLow = order < 0 || (order == 0 && source <= destination);
        (_low, _high) = SourceIsLow ? (from, to) : (to, from);
        (int low, int high) = SourceIsLow ? (source, destination) : (destination, source);
        _ports = ((ulong)(uint)outer << 32) | ((uint)low << 16) | (uint)high;
    }

    /// <summary>Whether the packet the key was made from goes from the lower end to the higher.</summary>
    public bool SourceIsLow { get; }

    public AddressNumber LowAddress => _low;

    public AddressNumber HighAddress => _high;

    /// <summary>Whether the addresses are IPv4's.</summary>
    public bool IsV4 => IsMapped(_low) && IsMapped(_high);

    public int LowPort => (int)(_ports >> 16) & 0xFFFF;

    public int HighPort => (int)_ports & 0xFFFF;

    /// <summary>The key of a layer: its addresses are those of the last IP header before it.</summary>
    public static bool TryMake(in Dissection dissection, int index, int source, int destination, int outer, out FlowKey key, out bool isV4)
    {
        ReadOnlySpan<LayerEntry> entries = dissection.Result.Entries;
        for (int i = index - 1; i >= 0; i--)
        {
            ref readonly LayerEntry entry = ref entries[i];
            if (entry.Protocol == Ipv4Protocol.Value || entry.Protocol == Ipv6Protocol.Value)
            {
                ReadOnlySpan<byte> header = dissection.BufferOf(entry)[entry.Offset..];
                isV4 = entry.Protocol == Ipv4Protocol.Value;
                (int at, int size) = isV4 ? (12, 4) : (8, 16);
                key = new FlowKey(Addresses.Read(header.Slice(at, size)), Addresses.Read(header.Slice(at + size, size)), source, destination, outer);
                return true;
            }
        }

        (key, isV4) = (default, false);
        return false;
    }

    // RFC 4291, 2.5.5.2.
    private static bool IsMapped(AddressNumber address) => address.High == 0 && address.Low >> 32 == 0xFFFF;

    public bool Equals(FlowKey other) => _ports == other._ports && _low == other._low && _high == other._high;

    public override bool Equals(object? obj) => obj is FlowKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_ports, _low, _high);
}
