using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>ARP (RFC 826), with RARP (RFC 903).</summary>
internal static class ArpDissector
{
    private const int FixedSize = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < FixedSize)
        {
            dissection.Short(OsiLayer.Network, "ARP header", offset, FixedSize, end);
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..];
        int size = FixedSize + (2 * (bytes[4] + bytes[5]));
        dissection.Add(ProtocolId.Arp, OsiLayer.Network, offset, Math.Min(size, end - offset), end);
        if (size > end - offset)
        {
            dissection.Short(OsiLayer.Network, "ARP address lengths", offset, size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int operation = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        sink.Number("op"u8, operation, at + 6, 2, operation switch
        {
            1 => "request",
            2 => "reply",
            3 => "reverse request",
            4 => "reverse reply",
            _ => null,
        });

        (int hardware, int protocol) = (bytes[4], bytes[5]);
        int field = FixedSize;
        DescribeAddress("sender_mac"u8, "sender_ip"u8, bytes, hardware, protocol, ref field, at, sink);
        DescribeAddress("target_mac"u8, "target_ip"u8, bytes, hardware, protocol, ref field, at, sink);
    }

    // Only Ethernet-like and IPv4 addresses have a form that people write.
    private static void DescribeAddress(
        ReadOnlySpan<byte> hardwareName, ReadOnlySpan<byte> protocolName, ReadOnlySpan<byte> bytes, int hardware, int protocol, ref int field, int at, IFieldSink sink)
    {
        if (hardware == 6 && bytes.Length >= field + hardware)
        {
            sink.Mac(hardwareName, bytes.Slice(field, hardware), at + field);
        }

        field += hardware;
        if (protocol == 4 && bytes.Length >= field + protocol)
        {
            sink.Ip(protocolName, bytes.Slice(field, protocol), at + field);
        }

        field += protocol;
    }
}
