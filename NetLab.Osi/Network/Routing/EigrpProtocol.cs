using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>The Enhanced Interior Gateway Routing Protocol (RFC 7868, 6.2).</summary>
internal static class EigrpProtocol
{
    private const int Size = 20;
    private const int FlagsAt = 4;

    public static readonly Protocol Value = new("eigrp", OsiLayer.Network, "Enhanced Interior Gateway Routing Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Types = Field.Number(null, "eigrp.tlv_type", about: "Type of an element", width: 2);
        public static readonly Field Lengths = Field.Number(null, "eigrp.tlv.len", about: "Bytes of an element", width: 2);

        public static readonly Field[] All =
        [
            Field.Number("version", "eigrp.version", at: 0, size: 1, about: "Version"),
            Field.Number("opcode", "eigrp.opcode", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
            {
                1 => "update",
                2 => "request",
                3 => "query",
                4 => "reply",
                5 => "hello",
                10 => "stuck in active: query",
                11 => "stuck in active: reply",
                _ => null,
            }),
            Field.Number("flags", "eigrp.flags", at: FlagsAt, size: 4, about: "Flags"),
            Field.Flag(null, "eigrp.flags.init", at: FlagsAt, size: 4, mask: 1, about: "First packet to a new neighbor"),
            Field.Flag(null, "eigrp.flags.condrecv", at: FlagsAt, size: 4, mask: 2, about: "Only for those that were told to receive it"),
            Field.Flag(null, "eigrp.flags.restart", at: FlagsAt, size: 4, mask: 4, about: "The sender has restarted"),
            Field.Flag(null, "eigrp.flags.eot", at: FlagsAt, size: 4, mask: 8, about: "End of the table"),
            Field.Number("sequence", "eigrp.seq", at: 8, size: 4, about: "Sequence number"),
            Field.Number("acknowledgment", "eigrp.ack", at: 12, size: 4, about: "The sequence number it acknowledges"),
            Field.Number("router", "eigrp.vrid", at: 16, size: 2, about: "Virtual router"),
            Field.Number("system", "eigrp.as", at: 18, size: 2, about: "Autonomous system", summary: true),
            Types, Lengths,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        if (!sink.WantsHidden)
        {
            return;
        }

        int at = view[index].Offset;
        var elements = new TypeLengthValues(view.BytesOf(index), Size, 2, 2, countsHeader: true);
        while (elements.MoveNext())
        {
            sink.Number(Fields.Types, elements.Type, at + elements.Offset, 2);
            sink.Number(Fields.Lengths, elements.Length, at + elements.Offset + 2, 2);
        }
    }
}
