using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>The Label Distribution Protocol of MPLS (RFC 5036, 3): hellos over UDP, the rest over TCP.</summary>
internal static class LdpProtocol
{
    private const int Size = 10;
    private const int MessageHeader = 8;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "ldp", OsiLayer.Application, "Label Distribution Protocol", Fields.All, Frame, Dissect, Describe, begins: Begins);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "ldp.hdr.version", at: 0, size: 2, about: "Version");
        public static readonly Field Length = Field.Number("length", "ldp.hdr.pdu_len", at: 2, size: 2, about: "Bytes behind the length");
        public static readonly Field Router = Field.Ipv4("router", "ldp.hdr.ldpid.lsr", at: 4, about: "Router that sends it", summary: true);
        public static readonly Field Space = Field.Number("label_space", "ldp.hdr.ldpid.lsid", at: 8, size: 2, about: "Label space");
        public static readonly Field Messages = Field.Group("messages", "Messages");
        public static readonly Field Type = Field.Number("type", "ldp.msg.type", about: "Message", names: static v => v switch
        {
            0x001 => "notification",
            0x100 => "hello",
            0x200 => "initialization",
            0x201 => "keep-alive",
            0x300 => "addresses",
            0x301 => "addresses withdrawn",
            0x400 => "label mapping",
            0x401 => "label request",
            0x402 => "label withdrawn",
            0x403 => "label released",
            0x404 => "label request aborted",
            _ => null,
        }, width: 2);
        public static readonly Field MessageLength = Field.Number("length", "ldp.msg.len", about: "Bytes of a message behind its length", width: 2);
        public static readonly Field Id = Field.Number("id", "ldp.msg.id", about: "Number of a message", width: 4);

        public static readonly Field[] All = [Version, Length, Router, Space, Messages, Type, MessageLength, Id];
    }

    /// <summary>Whether bytes begin with its version and a length.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length < 2 ? bytes[0] == 0 : bytes[0] == 0 && bytes[1] == 1;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (!Begins(bytes))
        {
            return StreamParser.NotMine;
        }

        return bytes.Length < 4 ? 0 : 4 + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset < end && !Begins(dissection.Bytes[offset..end]))
        {
            return false;
        }

        int length = end - offset < 4 ? Size : 4 + BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        dissection.AddMessage(Value, offset, Size, length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.BeginList(Fields.Messages);
        for (int next = Size; next + MessageHeader <= bytes.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]);
            sink.BeginItem();

            // The highest bit says what to do with a message that is not known.
            sink.Number(Fields.Type, BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]) & 0x7FFF, at + next, 2);
            sink.Number(Fields.MessageLength, length, at + next + 2, 2);
            sink.Number(Fields.Id, BinaryPrimitives.ReadUInt32BigEndian(bytes[(next + 4)..]), at + next + 4, 4);
            sink.EndItem();
            next += 4 + length;
        }

        sink.EndList();
    }
}
