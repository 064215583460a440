using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>The Routing Information Protocol for IPv6 (RFC 2080).</summary>
internal static class RipngProtocol
{
    private const int Size = 4;
    private const int EntrySize = 20;

    public static readonly Protocol Value = new("ripng", OsiLayer.Network, "Routing Information Protocol for IPv6", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Command = Field.Number("command", "ripng.cmd", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch { 1 => "request", 2 => "response", _ => null });
        public static readonly Field Version = Field.Number("version", "ripng.version", at: 1, size: 1, about: "Version");
        public static readonly Field Routes = Field.Group("routes", "Routes");
        public static readonly Field Prefix = Field.Ipv6("prefix", "ripng.rte.ipv6_prefix", about: "Network, or the next hop of those behind it");
        public static readonly Field Tag = Field.Number("tag", "ripng.rte.route_tag", about: "Tag", width: 2);
        public static readonly Field Length = Field.Number("length", "ripng.rte.prefix_length", about: "Bits of the prefix", width: 1);
        public static readonly Field Metric = Field.Number("metric", "ripng.rte.metric", about: "Hops; 16 is unreachable, 255 marks a next hop", width: 1);

        public static readonly Field[] All = [Command, Version, Routes, Prefix, Tag, Length, Metric];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.BeginList(Fields.Routes);
        for (int next = Size; next + EntrySize <= bytes.Length; next += EntrySize)
        {
            sink.BeginItem();
            sink.Ip(Fields.Prefix, bytes.Slice(next, 16), at + next);
            sink.Number(Fields.Tag, BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 16)..]), at + next + 16, 2);
            sink.Number(Fields.Length, bytes[next + 18], at + next + 18, 1);
            sink.Number(Fields.Metric, bytes[next + 19], at + next + 19, 1);
            sink.EndItem();
        }

        sink.EndList();
    }
}
