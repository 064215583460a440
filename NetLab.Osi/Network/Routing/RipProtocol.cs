using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>The Routing Information Protocol (RFC 1058, RFC 2453).</summary>
internal static class RipProtocol
{
    private const int Size = 4;
    private const int EntrySize = 20;
    private const int Authentication = 0xFFFF;
    private const int Internet = 2;

    public static readonly Protocol Value = new("rip", OsiLayer.Network, "Routing Information Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Command = Field.Number("command", "rip.command", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch { 1 => "request", 2 => "response", _ => null });
        public static readonly Field Version = Field.Number("version", "rip.version", at: 1, size: 1, about: "Version");
        public static readonly Field Routes = Field.Group("routes", "Routes");
        public static readonly Field Family = Field.Number("family", "rip.family", about: "Address family", width: 2);
        public static readonly Field Tag = Field.Number("tag", "rip.route_tag", about: "Tag", width: 2);
        public static readonly Field Address = Field.Ipv4("ip", "rip.ip", about: "Network");
        public static readonly Field Mask = Field.Ipv4("mask", "rip.netmask", about: "Its mask");
        public static readonly Field NextHop = Field.Ipv4("next_hop", "rip.next_hop", about: "Next hop");
        public static readonly Field Metric = Field.Number("metric", "rip.metric", about: "Hops; 16 is unreachable", width: 2);
        public static readonly Field AuthenticationType = Field.Number("authentication", "rip.auth.type", about: "Kind of authentication", width: 2);

        public static readonly Field[] All = [Command, Version, Routes, Family, Tag, Address, Mask, NextHop, Metric, AuthenticationType];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= Size && (dissection.Bytes[offset] is 0 or > 11 || dissection.Bytes[offset + 1] is 0 or > 2))
        {
            return false;
        }

        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        bool isSecond = bytes[1] == 2;
        sink.BeginList(Fields.Routes);
        for (int next = Size; next + EntrySize <= bytes.Length; next += EntrySize)
        {
            int family = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]);
            sink.BeginItem();
            if (family == Authentication)
            {
                sink.Number(Fields.AuthenticationType, BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]), at + next + 2, 2);
            }
            else
            {
                sink.Number(Fields.Family, family, at + next, 2);
                DescribeRoute(bytes.Slice(next, EntrySize), family, isSecond, at + next, sink);
            }

            sink.EndItem();
        }

        sink.EndList();
    }

    private static void DescribeRoute(ReadOnlySpan<byte> entry, int family, bool isSecond, int at, IFieldSink sink)
    {
        if (family == Internet)
        {
            if (isSecond)
            {
                sink.Number(Fields.Tag, BinaryPrimitives.ReadUInt16BigEndian(entry[2..]), at + 2, 2);
            }

            sink.Ip(Fields.Address, entry.Slice(4, 4), at + 4);
            if (isSecond)
            {
                sink.Ip(Fields.Mask, entry.Slice(8, 4), at + 8);
                sink.Ip(Fields.NextHop, entry.Slice(12, 4), at + 12);
            }
        }

        if (family is 0 or Internet)
        {
            sink.Number(Fields.Metric, BinaryPrimitives.ReadUInt32BigEndian(entry[16..]), at + 16, 4);
        }
    }
}
