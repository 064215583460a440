using System.Text.Unicode;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>Protocol buffers as the body of a message: the numbers of its fields, how they are written, and their values, for the names stand in a schema that is not in the packet.</summary>
internal static class ProtobufProtocol
{
    private const int MaxFields = 1024;

    public static readonly Protocol Value = new("protobuf", OsiLayer.Presentation, "Protocol Buffers", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field List = Field.Group("fields", "Its fields");
        public static readonly Field Number = Field.Number("number", "protobuf.field.number", about: "Number of a field");
        public static readonly Field WireType = Field.Number("wire_type", "protobuf.field.wiretype", about: "How its value is written", names: static v => v switch
        {
            ProtobufReader.Varint => "varint",
            ProtobufReader.Fixed64 => "64 bits",
            ProtobufReader.Delimited => "length-delimited",
            ProtobufReader.StartGroup => "start of a group",
            ProtobufReader.EndGroup => "end of a group",
            ProtobufReader.Fixed32 => "32 bits",
            _ => null,
        }, width: 1);
        public static readonly Field Length = Field.Number(null, "protobuf.field.value.length", about: "Bytes of a length-delimited value");
        public static readonly Field Bytes = Field.Bytes(null, "protobuf.field.value", about: "A value as it is written");
        public static readonly Field Text = Field.Text("value", "protobuf.field.value.string", about: "A length-delimited value that is a text");
        public static readonly Field Short = Field.Number("value", "protobuf.field.value.uint32", about: "A number of up to 32 bits, without regard to a sign", width: 4);
        public static readonly Field Long = Field.Number("value", "protobuf.field.value.uint64", about: "A longer number, without regard to a sign");
        public static readonly Field Hidden = Field.Bytes("value", about: "A length-delimited value that is no text");

        public static readonly Field[] All = [List, Number, WireType, Length, Bytes, Text, Short, Long, Hidden];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        bool isCut = dissection.WireEnd > end;
        if (!isCut && !ProtobufReader.IsWhole(dissection.Bytes[offset..end]))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        var reader = new ProtobufReader(view.BytesOf(index));
        sink.BeginList(Fields.List);
        for (int i = 0; i < MaxFields && reader.Next(); i++)
        {
            sink.BeginItem();
            DescribeField(reader, at, sink);
            sink.EndItem();
        }

        sink.EndList();
    }

    private static void DescribeField(in ProtobufReader reader, int at, IFieldSink sink)
    {
        int valueAt = at + reader.ValueAt;
        int length = reader.Value.Length;
        sink.Number(Fields.Number, reader.Number, at + reader.Start, reader.ValueAt - reader.Start);
        sink.Number(Fields.WireType, reader.WireType, at + reader.Start, 1);
        bool isDelimited = reader.WireType == ProtobufReader.Delimited;
        if (sink.WantsHidden)
        {
            if (isDelimited)
            {
                sink.Number(Fields.Length, length, at + reader.Start, 1);
            }

            if (length > 0)
            {
                sink.Bytes(Fields.Bytes, reader.Value, valueAt);
            }
        }

        if (isDelimited && IsText(reader.Value))
        {
            sink.Text(Fields.Text, reader.Value, valueAt, length);
        }
        else if (isDelimited)
        {
            sink.Bytes(Fields.Hidden, reader.Value, valueAt);
        }
        else if (length > 0)
        {
            bool isShort = reader.WireType != ProtobufReader.Fixed64 && reader.Bits <= uint.MaxValue;
            sink.Number(isShort ? Fields.Short : Fields.Long, (long)reader.Bits, valueAt, length);
        }
    }

    // UTF-8 without control characters but those that make lines.
    private static bool IsText(ReadOnlySpan<byte> value)
    {
        foreach (byte b in value)
        {
            if (b is < 0x20 and not (9 or 10 or 13) or 0x7F)
            {
                return false;
            }
        }

        return Utf8.IsValid(value);
    }
}
