using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>PPP's Challenge Handshake Authentication Protocol (RFC 1994).</summary>
internal static class ChapProtocol
{
    private const int Size = 4;

    public static readonly Protocol Value = new("chap", OsiLayer.DataLink, "PPP Challenge Handshake Authentication Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "chap.code", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            1 => "challenge",
            2 => "response",
            3 => "success",
            4 => "failure",
            _ => null,
        });
        public static readonly Field Identifier = Field.Number("id", "chap.identifier", at: 1, size: 1, about: "Matches answers with requests");
        public static readonly Field Length = Field.Number("length", "chap.length", at: 2, size: 2, about: "Bytes of the message");
        public static readonly Field ValueSize = Field.Number("value_size", "chap.value_size", about: "Bytes of the value", width: 1);
        public static readonly Field Content = Field.Bytes("value", "chap.value", about: "Challenge, or the response to it");
        public static readonly Field Name = Field.Text("name", "chap.name", about: "Who sends it", summary: true);
        public static readonly Field Message = Field.Text("message", "chap.message", about: "What the answer says");

        public static readonly Field[] All = [Code, Identifier, Length, ValueSize, Content, Name, Message];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < Size ? Size : Math.Max(Size, (int)BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]));
        if (end - offset >= Size)
        {
            int messageEnd = Math.Min(end, offset + length);
            dissection.Add(Value, offset, messageEnd - offset, messageEnd);
        }

        if (end - offset < length)
        {
            dissection.TooShort(OsiLayer.DataLink, "CHAP message", offset, length, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes[0] is 3 or 4)
        {
            sink.Text(Fields.Message, bytes[Size..], at + Size, bytes.Length - Size);
        }
        else if (bytes[0] is 1 or 2 && bytes.Length > Size && Size + 1 + bytes[Size] <= bytes.Length)
        {
            int size = bytes[Size];
            sink.Number(Fields.ValueSize, size, at + Size, 1);
            sink.Bytes(Fields.Content, bytes.Slice(Size + 1, size), at + Size + 1);
            sink.Text(Fields.Name, bytes[(Size + 1 + size)..], at + Size + 1 + size, bytes.Length - Size - 1 - size);
        }
    }
}
