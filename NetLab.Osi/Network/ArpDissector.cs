using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>ARP (RFC 826), for any hardware and protocol address length.</summary>
internal static class ArpDissector
{
    private const int FixedSize = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Packet[offset..end];
        int size = bytes.Length < FixedSize ? FixedSize : FixedSize + (2 * (bytes[4] + bytes[5]));
        if (bytes.Length < size)
        {
            dissection.Short(OsiLayer.Network, "ARP", offset, size, end);
            return;
        }

        dissection.Add(ProtocolId.Arp, OsiLayer.Network, offset, size, offset + size);
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = packet.Slice(entry.Offset, entry.Length);
        int operation = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        string? meaning = operation switch
        {
            1 => "request",
            2 => "reply",
            _ => null,
        };
        sink.Number("op", operation, entry.Offset + 6, 2, meaning);
        (int hardware, int protocol) = (bytes[4], bytes[5]);
        int at = entry.Offset + FixedSize;
        at = Address(packet, "sender_mac", at, hardware, 6, sink);
        at = Address(packet, "sender_ip", at, protocol, 4, sink);
        at = Address(packet, "target_mac", at, hardware, 6, sink);
        Address(packet, "target_ip", at, protocol, 4, sink);
    }

    private static int Address(ReadOnlySpan<byte> packet, string name, int at, int length, int expected, IFieldSink sink)
    {
        if (length == expected)
        {
            ReadOnlySpan<byte> address = packet.Slice(at, length);
            sink.Text(name, expected == 6 ? AddressText.Mac(address) : AddressText.Ip(address), at, length);
        }

        return at + length;
    }
}
