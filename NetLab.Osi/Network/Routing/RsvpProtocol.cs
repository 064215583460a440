using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>The Resource Reservation Protocol (RFC 2205, 3.1): the header, and the classes of its objects.</summary>
internal static class RsvpProtocol
{
    private const int Size = 8;

    public static readonly Protocol Value = new("rsvp", OsiLayer.Network, "Resource Reservation Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Objects = Field.Group("objects", "Objects");
        public static readonly Field Length = Field.Number("length", "rsvp.object.length", about: "Bytes of an object");
        public static readonly Field Class = Field.Number("class", "rsvp.object", about: "Class of an object", names: static v => v switch
        {
            1 => "session",
            3 => "hop",
            4 => "integrity",
            5 => "time values",
            6 => "error",
            7 => "scope",
            8 => "style",
            9 => "flow specification",
            10 => "filter specification",
            11 => "sender template",
            12 => "sender traffic specification",
            16 => "label",
            19 => "label request",
            20 => "explicit route",
            21 => "recorded route",
            22 => "hello",
            207 => "session attribute",
            _ => null,
        }, width: 1);

        public static readonly Field[] All =
        [
            Field.Number("version", "rsvp.version", at: 0, size: 1, mask: 0xF0, about: "Version"),
            Field.Number("type", "rsvp.msg", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
            {
                1 => "path",
                2 => "reservation",
                3 => "path error",
                4 => "reservation error",
                5 => "path teardown",
                6 => "reservation teardown",
                7 => "confirmation",
                12 => "bundle",
                13 => "acknowledgment",
                15 => "summary refresh",
                20 => "hello",
                _ => null,
            }),
            Field.Number("ttl", "rsvp.sending_ttl", at: 4, size: 1, about: "Time to live it was sent with"),
            Field.Number("length", "rsvp.message_length", at: 6, size: 2, about: "Bytes of the message"),
            Objects, Length, Class,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < Size ? Size : BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 6)..]);
        dissection.AddMessage(Value, offset, Size, length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.BeginList(Fields.Objects);
        for (int next = Size; next + 4 <= bytes.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]);
            sink.BeginItem();
            sink.Number(Fields.Length, length, at + next, 2);
            sink.Number(Fields.Class, bytes[next + 2], at + next + 2, 1);
            sink.EndItem();
            if (length < 4)
            {
                break;
            }

            next += length;
        }

        sink.EndList();
    }
}
