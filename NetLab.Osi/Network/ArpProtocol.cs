using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>ARP (RFC 826), with RARP (RFC 903).</summary>
internal static class ArpProtocol
{
    public static readonly Protocol Value = new("arp", OsiLayer.Network, "Address Resolution Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Op = Field.Number("op", "arp.opcode", names: static v => (int)v switch
        {
            1 => "request",
            2 => "reply",
            3 => "reverse request",
            4 => "reverse reply",
            _ => null,
        }, width: 2);
        public static readonly Field SenderMac = Field.Mac("sender_mac", "arp.src.hw_mac");
        public static readonly Field SenderIp = Field.Ipv4("sender_ip", "arp.src.proto_ipv4");
        public static readonly Field TargetMac = Field.Mac("target_mac", "arp.dst.hw_mac");
        public static readonly Field TargetIp = Field.Ipv4("target_ip", "arp.dst.proto_ipv4");

        public static readonly Field[] All = [Op, SenderMac, SenderIp, TargetMac, TargetIp];
    }

    private const int FixedSize = 8;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < FixedSize)
        {
            dissection.TooShort(OsiLayer.Network, "ARP header", offset, FixedSize, end);
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..];
        int size = FixedSize + (2 * (bytes[4] + bytes[5]));
        dissection.Add(Value, offset, Math.Min(size, end - offset), end);
        if (size > end - offset)
        {
            dissection.TooShort(OsiLayer.Network, "ARP address lengths", offset, size, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int operation = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        sink.Number(Fields.Op, operation, at + 6, 2);

        (int hardware, int protocol) = (bytes[4], bytes[5]);
        int field = FixedSize;
        DescribeAddress(Fields.SenderMac, Fields.SenderIp, bytes, hardware, protocol, ref field, at, sink);
        DescribeAddress(Fields.TargetMac, Fields.TargetIp, bytes, hardware, protocol, ref field, at, sink);
    }

    // Only Ethernet-like and IPv4 addresses have a form that people write.
    private static void DescribeAddress(
        Field hardwareField, Field protocolField, ReadOnlySpan<byte> bytes, int hardware, int protocol, ref int field, int at, IFieldSink sink)
    {
        if (hardware == 6 && bytes.Length >= field + hardware)
        {
            sink.Mac(hardwareField, bytes.Slice(field, hardware), at + field);
        }

        field += hardware;
        if (protocol == 4 && bytes.Length >= field + protocol)
        {
            sink.Ip(protocolField, bytes.Slice(field, protocol), at + field);
        }

        field += protocol;
    }
}
