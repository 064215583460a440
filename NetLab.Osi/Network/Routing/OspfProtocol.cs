using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>Open Shortest Path First, version 2 (RFC 2328, appendix A) and version 3 for IPv6 (RFC 5340, appendix A).</summary>
internal static class OspfProtocol
{
    private const int Size2 = 24;
    private const int Size3 = 16;
    private const int Hello = 1;
    private const int Description = 2;
    private const int Update = 4;
    private const int Acknowledgment = 5;
    private const int AdvertisementHeader = 20;
    private const int MaxNeighbors = 64;

    public static readonly Protocol Value = new("ospf", OsiLayer.Network, "Open Shortest Path First", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "ospf.version", at: 0, size: 1, about: "Version");
        public static readonly Field Message = Field.Number("message", "ospf.msg", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            Hello => "hello",
            Description => "database description",
            3 => "link state request",
            Update => "link state update",
            Acknowledgment => "link state acknowledgment",
            _ => null,
        });
        public static readonly Field Length = Field.Number("length", "ospf.packet_length", at: 2, size: 2, about: "Bytes of the packet");
        public static readonly Field Router = Field.Ipv4("router", "ospf.srcrouter", at: 4, about: "Router that sends it", summary: true);
        public static readonly Field Area = Field.Ipv4("area", "ospf.area_id", at: 8, about: "Area");
        public static readonly Field IsHello = Field.Flag(null, "ospf.msg.hello", about: "A hello");
        public static readonly Field IsDescription = Field.Flag(null, "ospf.msg.dbdesc", about: "A database description");
        public static readonly Field IsRequest = Field.Flag(null, "ospf.msg.lsreq", about: "A link state request");
        public static readonly Field IsUpdate = Field.Flag(null, "ospf.msg.lsupdate", about: "A link state update");
        public static readonly Field IsAcknowledgment = Field.Flag(null, "ospf.msg.lsack", about: "A link state acknowledgment");
        public static readonly Field Mask = Field.Ipv4("mask", "ospf.hello.network_mask", about: "Mask of the network");
        public static readonly Field Interval = Field.Number("hello_interval", "ospf.hello.hello_interval", about: "Seconds between hellos", width: 4);
        public static readonly Field Priority = Field.Number("priority", "ospf.hello.router_priority", about: "Priority for the election", width: 1);
        public static readonly Field DeadInterval = Field.Number("dead_interval", "ospf.hello.router_dead_interval", about: "Seconds without a hello after which a router is dead", width: 4);
        public static readonly Field Designated = Field.Ipv4("designated", "ospf.hello.designated_router", about: "Designated router");
        public static readonly Field Backup = Field.Ipv4("backup", "ospf.hello.backup_designated_router", about: "Backup designated router");
        public static readonly Field Neighbors = Field.Group("neighbors", "Routers heard of lately");
        public static readonly Field Neighbor = Field.Ipv4("router", "ospf.hello.active_neighbor", about: "Router heard of lately");
        public static readonly Field Advertisements = Field.Group("advertisements", "Link state advertisements");
        public static readonly Field Age = Field.Number("age", "ospf.lsa.age", about: "Seconds since it was made", width: 2);
        public static readonly Field Type = Field.Number("type", "ospf.lsa", about: "Type", names: static v => v switch { 1 => "router", 2 => "network", 3 => "summary of a network", 4 => "summary of a boundary router", 5 => "external", 7 => "not so stubby external", _ => null }, width: 1);
        public static readonly Field Id = Field.Ipv4("id", "ospf.lsa.id", about: "What it is about");
        public static readonly Field Advertiser = Field.Ipv4("router", "ospf.advrouter", about: "Router that made it");
        public static readonly Field Sequence = Field.Number("sequence", "ospf.lsa.seqnum", about: "Sequence number", width: 4);

        public static readonly Field[] All =
        [
            Version, Message, Length, Router, Area, IsHello, IsDescription, IsRequest, IsUpdate, IsAcknowledgment, Mask, Interval, Priority, DeadInterval, Designated, Backup,
            Neighbors, Neighbor, Advertisements, Age, Type, Id, Advertiser, Sequence,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size3)
        {
            dissection.TooShort(OsiLayer.Network, "OSPF header", offset, Size2, end);
            return true;
        }

        int version = dissection.Bytes[offset];
        if (version is not (2 or 3))
        {
            dissection.Malformed(OsiLayer.Network, "OSPF version", offset, version);
            dissection.Data(OsiLayer.Network, offset, end);
            return true;
        }

        dissection.AddMessage(Value, offset, version == 2 ? Size2 : Size3, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]), end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (sink.WantsHidden && bytes[1] is >= Hello and <= Acknowledgment)
        {
            Field kind = bytes[1] switch { Hello => Fields.IsHello, Description => Fields.IsDescription, Update => Fields.IsUpdate, Acknowledgment => Fields.IsAcknowledgment, _ => Fields.IsRequest };
            sink.Flag(kind, true, at + 1, 1);
        }

        bool isSecond = bytes[0] == 2;
        int body = isSecond ? Size2 : Size3;
        switch (bytes[1])
        {
            case Hello:
                DescribeHello(bytes, body, isSecond, at, sink);
                break;
            case Description:
                DescribeHeaders(bytes, body + (isSecond ? 8 : 12), at, sink);
                break;
            case Update:
                DescribeUpdate(bytes, body, isSecond, at, sink);
                break;
            case Acknowledgment:
                DescribeHeaders(bytes, body, at, sink);
                break;
            default:
                break;
        }
    }

    private static void DescribeHello(ReadOnlySpan<byte> bytes, int body, bool isSecond, int at, IFieldSink sink)
    {
        const int HelloSize = 20;
        if (bytes.Length < body + HelloSize)
        {
            return;
        }

        if (isSecond)
        {
            sink.Ip(Fields.Mask, bytes.Slice(body, 4), at + body);
            sink.Number(Fields.Interval, BinaryPrimitives.ReadUInt16BigEndian(bytes[(body + 4)..]), at + body + 4, 2);
            sink.Number(Fields.Priority, bytes[body + 7], at + body + 7, 1);
            sink.Number(Fields.DeadInterval, BinaryPrimitives.ReadUInt32BigEndian(bytes[(body + 8)..]), at + body + 8, 4);
        }
        else
        {
            sink.Number(Fields.Priority, bytes[body + 4], at + body + 4, 1);
            sink.Number(Fields.Interval, BinaryPrimitives.ReadUInt16BigEndian(bytes[(body + 8)..]), at + body + 8, 2);
            sink.Number(Fields.DeadInterval, BinaryPrimitives.ReadUInt16BigEndian(bytes[(body + 10)..]), at + body + 10, 2);
        }

        sink.Ip(Fields.Designated, bytes.Slice(body + 12, 4), at + body + 12);
        sink.Ip(Fields.Backup, bytes.Slice(body + 16, 4), at + body + 16);
        sink.BeginList(Fields.Neighbors);
        int count = 0;
        for (int next = body + HelloSize; next + 4 <= bytes.Length && count < MaxNeighbors; next += 4, count++)
        {
            sink.BeginItem();
            sink.Ip(Fields.Neighbor, bytes.Slice(next, 4), at + next);
            sink.EndItem();
        }

        sink.EndList();
    }

    private static void DescribeHeaders(ReadOnlySpan<byte> bytes, int first, int at, IFieldSink sink)
    {
        sink.BeginList(Fields.Advertisements);
        for (int next = first; next + AdvertisementHeader <= bytes.Length; next += AdvertisementHeader)
        {
            DescribeAdvertisement(bytes, next, bytes[0] == 2, at, sink);
        }

        sink.EndList();
    }

    private static void DescribeUpdate(ReadOnlySpan<byte> bytes, int body, bool isSecond, int at, IFieldSink sink)
    {
        if (bytes.Length < body + 4)
        {
            return;
        }

        long count = BinaryPrimitives.ReadUInt32BigEndian(bytes[body..]);
        int next = body + 4;
        sink.BeginList(Fields.Advertisements);
        for (; count > 0 && next + AdvertisementHeader <= bytes.Length; count--)
        {
            DescribeAdvertisement(bytes, next, isSecond, at, sink);
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 18)..]);
            if (length < AdvertisementHeader)
            {
                break;
            }

            next += length;
        }

        sink.EndList();
    }

    // RFC 2328, A.4.1: age, options, type, identifier, router, sequence number. In version 3 the type takes both bytes (RFC 5340, A.4.2).
    private static void DescribeAdvertisement(ReadOnlySpan<byte> bytes, int next, bool isSecond, int at, IFieldSink sink)
    {
        sink.BeginItem();
        sink.Number(Fields.Age, BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]) & 0x7FFF, at + next, 2);
        sink.Number(Fields.Type, isSecond ? bytes[next + 3] : BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]), at + next + 2, 2);
        sink.Ip(Fields.Id, bytes.Slice(next + 4, 4), at + next + 4);
        sink.Ip(Fields.Advertiser, bytes.Slice(next + 8, 4), at + next + 8);
        sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[(next + 12)..]), at + next + 12, 4);
        sink.EndItem();
    }
}
