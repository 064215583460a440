using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The MTP3 user adaptation layer of SS7 over SCTP (RFC 4666, 3).</summary>
internal static class M3uaProtocol
{
    private const int Size = 8;
    private const int RoutingContextTag = 6;
    private const int ProtocolDataTag = 0x0210;

    public static readonly Protocol Value = new("m3ua", OsiLayer.Application, "MTP3 User Adaptation Layer", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "m3ua.version", at: 0, size: 1, about: "Version");
        public static readonly Field Class = Field.Number("class", "m3ua.message_class", at: 2, size: 1, about: "Class of the message", summary: true, names: static v => v switch
        {
            0 => "management",
            1 => "transfer",
            2 => "network management",
            3 => "server state",
            4 => "server traffic",
            9 => "routing keys",
            _ => null,
        });
        public static readonly Field Type = Field.Number("type", "m3ua.message_type", at: 3, size: 1, about: "Message in its class");
        public static readonly Field Length = Field.Number("length", "m3ua.message_length", at: 4, size: 4, about: "Bytes of the message");
        public static readonly Field Tag = Field.Number(null, "m3ua.parameter_tag", about: "Tag of a parameter", width: 2);
        public static readonly Field TagLength = Field.Number(null, "m3ua.parameter_length", about: "Bytes of a parameter", width: 2);
        public static readonly Field RoutingContext = Field.Number("routing_context", "m3ua.routing_context", about: "Routing context", width: 4);
        public static readonly Field Origin = Field.Number("opc", "m3ua.protocol_data_opc", about: "Point code of the origin", width: 4);
        public static readonly Field Destination = Field.Number("dpc", "m3ua.protocol_data_dpc", about: "Point code of the destination", width: 4);

        public static readonly Field[] All = [Version, Class, Type, Length, Tag, TagLength, RoutingContext, Origin, Destination];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset < end && dissection.Bytes[offset] != 1)
        {
            return false;
        }

        uint length = end - offset < Size ? Size : BinaryPrimitives.ReadUInt32BigEndian(dissection.Bytes[(offset + 4)..]);
        dissection.AddMessage(Value, offset, Size, (int)Math.Min(length, 1 << 24), end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        bool hasContext = false;
        bool hasData = false;
        var parameters = new TypeLengthValues(bytes, Size, 2, 2, countsHeader: true, alignment: 4);
        while (parameters.MoveNext())
        {
            int valueAt = at + parameters.ValueOffset;
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Tag, parameters.Type, at + parameters.Offset, 2);
                sink.Number(Fields.TagLength, parameters.Length, at + parameters.Offset + 2, 2);
            }

            ReadOnlySpan<byte> value = parameters.Value;
            if (parameters.Type == RoutingContextTag)
            {
                for (int i = 0; i + 4 <= value.Length && (!hasContext || sink.WantsHidden); i += 4)
                {
                    sink.Number(Fields.RoutingContext, BinaryPrimitives.ReadUInt32BigEndian(value[i..]), valueAt + i, 4);
                    hasContext = true;
                }
            }
            else if (parameters.Type == ProtocolDataTag && value.Length >= 12 && !hasData)
            {
                hasData = true;
                sink.Number(Fields.Origin, BinaryPrimitives.ReadUInt32BigEndian(value), valueAt, 4);
                sink.Number(Fields.Destination, BinaryPrimitives.ReadUInt32BigEndian(value[4..]), valueAt + 4, 4);
            }
        }
    }
}
