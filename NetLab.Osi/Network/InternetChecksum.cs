using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>The Internet checksum (RFC 1071), as a judge: over bytes that carry a right checksum the result is zero.</summary>
internal static class InternetChecksum
{
    public static bool IsRight(ReadOnlySpan<byte> bytes) => Fold(Sum(bytes)) == 0xFFFF;

    /// <summary>Judges a transport checksum with the pseudo-header of the layer that carries it.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="entry">The transport layer, wholly captured.</param>
    /// <param name="carrier">IPv4, IPv6, or UDP: NetLab's TCP leaves the addresses out.</param>
    /// <param name="protocol">The protocol number of the pseudo-header.</param>
    public static bool IsRight(ReadOnlySpan<byte> packet, in LayerEntry entry, in LayerEntry? carrier, int protocol) =>
        Fold(Sum(packet.Slice(entry.Offset, entry.Length)) + PseudoHeader(packet, entry, carrier, protocol)) == 0xFFFF;

    /// <summary>Whether the field holds only the pseudo-header's sum: the network card was to do the rest.</summary>
    public static bool IsPartial(ReadOnlySpan<byte> packet, in LayerEntry entry, in LayerEntry? carrier, int protocol, ushort field) =>
        Fold(PseudoHeader(packet, entry, carrier, protocol)) == field;

    private static ulong PseudoHeader(ReadOnlySpan<byte> packet, in LayerEntry entry, in LayerEntry? carrier, int protocol)
    {
        ulong sum = (ulong)protocol + (ulong)entry.Length;
        return carrier?.Protocol switch
        {
            ProtocolId.Ipv4 => sum + Sum(packet.Slice(carrier.Value.Offset + 12, 8)),
            ProtocolId.Ipv6 => sum + Sum(packet.Slice(carrier.Value.Offset + 8, 32)),
            _ => sum,
        };
    }

    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            sum += (word >> 16) + (word & 0xFFFF);
        }

        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return bytes.Length == 1 ? sum + ((ulong)bytes[0] << 8) : sum;
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
