using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>Ad hoc On-Demand Distance Vector routing (RFC 3561, 5).</summary>
internal static class AodvProtocol
{
    private const int Request = 1;
    private const int Reply = 2;
    private const int Error = 3;
    private const int RequestSize = 24;
    private const int ReplySize = 20;

    public static readonly Protocol Value = new("aodv", OsiLayer.Network, "Ad hoc On-Demand Distance Vector routing", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "aodv.type", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            Request => "route request",
            Reply => "route reply",
            Error => "route error",
            4 => "route reply acknowledged",
            _ => null,
        });
        public static readonly Field Flags = Field.Number("flags", "aodv.flags", at: 1, size: 2, about: "Flags");

        // Flags of a reply.
        public static readonly Field Repair = Field.Flag(null, "aodv.flags.rrep_repair", at: 1, size: 2, mask: 0x8000, about: "For repair of a multicast tree");
        public static readonly Field AcknowledgmentWanted = Field.Flag(null, "aodv.flags.rrep_ack", at: 1, size: 2, mask: 0x4000, about: "An acknowledgment is wanted");
        public static readonly Field PrefixSize = Field.Number("prefix", "aodv.prefix_sz", at: 2, size: 1, mask: 0x1F, about: "Bits of the destination's network");
        public static readonly Field HopCount = Field.Number("hops", "aodv.hopcount", at: 3, size: 1, about: "Hops");
        public static readonly Field RequestId = Field.Number("request_id", "aodv.rreq_id", at: 4, size: 4, about: "Number of the request");
        public static readonly Field Destination = Field.Ipv4("destination", "aodv.dest_ip", about: "Destination", summary: true);
        public static readonly Field Sequence = Field.Number("sequence", "aodv.dest_seqno", about: "Sequence number of the destination", width: 4);
        public static readonly Field Originator = Field.Ipv4("originator", "aodv.orig_ip", about: "Who asks");
        public static readonly Field OriginatorSequence = Field.Number("originator_sequence", "aodv.orig_seqno", about: "Sequence number of the asker", width: 4);
        public static readonly Field Lifetime = Field.Number("lifetime", "aodv.lifetime", about: "Milliseconds for which the route holds", width: 4);

        public static readonly Field[] All =
            [Type, Flags, Repair, AcknowledgmentWanted, PrefixSize, HopCount, RequestId, Destination, Sequence, Originator, OriginatorSequence, Lifetime];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int type = offset < end ? dissection.Bytes[offset] : 0;
        if (type > 4 || (type == 0 && offset < end))
        {
            return false;
        }

        dissection.AddMessage(Value, offset, type switch { Request => RequestSize, Reply => ReplySize, Error => 12, _ => 2 }, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        switch (bytes[0])
        {
            case Request:
                FieldReader.Report([Fields.Type, Fields.Flags, Fields.HopCount, Fields.RequestId], bytes, at, sink);
                ReportRoute(bytes, 8, at, sink);
                sink.Ip(Fields.Originator, bytes.Slice(16, 4), at + 16);
                sink.Number(Fields.OriginatorSequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]), at + 20, 4);
                break;
            case Reply:
                FieldReader.Report([Fields.Type, Fields.Flags, Fields.Repair, Fields.AcknowledgmentWanted, Fields.PrefixSize, Fields.HopCount], bytes, at, sink);
                ReportRoute(bytes, 4, at, sink);
                sink.Ip(Fields.Originator, bytes.Slice(12, 4), at + 12);
                sink.Number(Fields.Lifetime, BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]), at + 16, 4);
                break;
            case Error:
                FieldReader.Report([Fields.Type, Fields.Flags], bytes, at, sink);
                break;
            default:
                FieldReader.Report([Fields.Type], bytes, at, sink);
                break;
        }
    }

    private static void ReportRoute(ReadOnlySpan<byte> bytes, int place, int at, IFieldSink sink)
    {
        sink.Ip(Fields.Destination, bytes.Slice(place, 4), at + place);
        sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[(place + 4)..]), at + place + 4, 4);
    }
}
