using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>Who sent the datagram that is being taken apart, and to whom.</summary>
/// <param name="Source">The sender's address.</param>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="Destination">The receiver's address.</param>
/// <param name="DestinationPort">The receiver's port.</param>
internal readonly record struct UdpEnds(AddressNumber Source, int SourcePort, AddressNumber Destination, int DestinationPort)
{
    /// <summary>The ends of the innermost datagram so far; null if there is none in IP.</summary>
    public static UdpEnds? Of(in Dissection dissection)
    {
        for (int i = dissection.Result.Count - 1; i >= 0; i--)
        {
            LayerEntry entry = dissection.Result.Entries[i];
            if (entry.Protocol == UdpProtocol.Value)
            {
                ReadOnlySpan<byte> header = dissection.BufferOf(entry)[entry.Offset..];
                int source = BinaryPrimitives.ReadUInt16BigEndian(header);
                int destination = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
                return FlowKey.TryMake(dissection, i, source, destination, -1, out FlowKey key, out _)
                    ? new UdpEnds(key.SourceIsLow ? key.LowAddress : key.HighAddress, source, key.SourceIsLow ? key.HighAddress : key.LowAddress, destination)
                    : null;
            }
        }

        return null;
    }
}
