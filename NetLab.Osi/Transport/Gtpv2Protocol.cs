using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The control plane of GTP, version 2 (3GPP TS 29.274, 5 and 8).</summary>
internal static class Gtpv2Protocol
{
    private const int MinSize = 8;
    private const int HasTunnel = 0x08;
    private const int HasPriority = 0x04;
    private const int ElementHeader = 4;
    private const int MaxDepth = 4;

    public static readonly Protocol Value = new("gtpv2", OsiLayer.Application, "GPRS Tunneling Protocol, version 2", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Flags = Field.Number(null, "gtpv2.flags", at: 0, size: 1, about: "Flags and version");
        public static readonly Field Version = Field.Number("version", "gtpv2.version", at: 0, size: 1, mask: 0xE0, about: "Version");
        public static readonly Field Piggybacked = Field.Number(null, "gtpv2.p", at: 0, size: 1, mask: 0x10, about: "Whether another message follows");
        public static readonly Field TunnelFlag = Field.Number(null, "gtpv2.t", at: 0, size: 1, mask: HasTunnel, about: "Whether there is a tunnel endpoint");
        public static readonly Field PriorityFlag = Field.Number(null, "gtpv2.mp", at: 0, size: 1, mask: HasPriority, about: "Whether there is a priority; the priority");
        public static readonly Field Type = Field.Number("message", "gtpv2.message_type", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            1 => "echo request",
            2 => "echo response",
            3 => "version not supported",
            32 => "create session request",
            33 => "create session response",
            34 => "modify bearer request",
            35 => "modify bearer response",
            36 => "delete session request",
            37 => "delete session response",
            95 => "create bearer request",
            96 => "create bearer response",
            97 => "update bearer request",
            98 => "update bearer response",
            99 => "delete bearer request",
            100 => "delete bearer response",
            170 => "release access bearers request",
            171 => "release access bearers response",
            176 => "downlink data notification",
            177 => "downlink data notification acknowledged",
            _ => null,
        });
        public static readonly Field Length = Field.Number("length", "gtpv2.msg_length", at: 2, size: 2, about: "Bytes behind the length");
        public static readonly Field Tunnel = Field.Number("teid", "gtpv2.teid", about: "Tunnel endpoint", width: 4);
        public static readonly Field Sequence = Field.Number("sequence", "gtpv2.seq", about: "Sequence number", width: 3);
        public static readonly Field ElementType = Field.Number(null, "gtpv2.ie_type", about: "Type of an information element", width: 1);
        public static readonly Field ElementLength = Field.Number(null, "gtpv2.ie_len", about: "Bytes of an information element", width: 2);

        public static readonly Field[] All = [Flags, Version, Piggybacked, TunnelFlag, PriorityFlag, Type, Length, Tunnel, Sequence, ElementType, ElementLength];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset < end && dissection.Bytes[offset] >> 5 != 2)
        {
            return false;
        }

        int length = end - offset < MinSize ? MinSize : 4 + BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int least = offset < end && (dissection.Bytes[offset] & HasTunnel) != 0 ? MinSize + 4 : MinSize;
        if (length < least && end - offset >= least)
        {
            // The length lies: elements may follow all the same.
            dissection.Add(Value, offset, end - offset, end);
            dissection.Malformed(OsiLayer.Application, $"length of {Value.Title}", offset, length);
            return true;
        }

        dissection.AddMessage(Value, offset, least, length, end);
        if (end - offset >= MinSize && (dissection.Bytes[offset] & 0x10) != 0 && length >= MinSize && offset + length < end)
        {
            // Another message rides on this one's back (5.5.1); it carries none itself.
            int next = offset + length;
            int size = end - next < MinSize ? MinSize : 4 + BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(next + 2)..]);
            dissection.AddMessage(Value, next, (dissection.Bytes[next] & HasTunnel) != 0 ? MinSize + 4 : MinSize, size, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int next = 4;
        if ((bytes[0] & HasTunnel) != 0)
        {
            sink.Number(Fields.Tunnel, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
            next = 8;
        }

        sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]) >> 8, at + next, 3);
        if (sink.WantsHidden)
        {
            if ((bytes[0] & HasPriority) != 0)
            {
                // 5.5.1: the high half of the byte behind the sequence number.
                sink.Number(Fields.PriorityFlag, bytes[next + 3] >> 4, at + next + 3, 1);
            }

            DescribeElements(bytes[(next + 4)..], at + next + 4, sink, MaxDepth);
        }
    }

    // 8.2.1: type, length, spare bits and instance. Some hold elements themselves.
    private static void DescribeElements(ReadOnlySpan<byte> bytes, int at, IFieldSink sink, int depth)
    {
        int next = 0;
        while (next + ElementHeader <= bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 1)..]);
            int value = next + ElementHeader;
            sink.Number(Fields.ElementType, bytes[next], at + next, 1);
            sink.Number(Fields.ElementLength, length, at + next + 1, 2);
            if (IsGrouped(bytes[next]) && depth > 0)
            {
                DescribeElements(bytes.Slice(value, Math.Min(length, bytes.Length - value)), at + value, sink, depth - 1);
            }

            next = value + length;
        }
    }

    // Table 8.1-1: bearer context, PDN connection, overload and load control, remote context, user contexts, secondary usage.
    private static bool IsGrouped(int type) => type is 93 or 109 or 180 or 181 or 191 or 195 or 214;
}
