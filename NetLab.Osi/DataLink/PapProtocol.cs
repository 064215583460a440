using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>PPP's Password Authentication Protocol (RFC 1334): a name and a password, readable by everybody on the way.</summary>
internal static class PapProtocol
{
    private const int Size = 4;
    private const int Request = 1;

    public static readonly Protocol Value = new("pap", OsiLayer.DataLink, "PPP Password Authentication Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "pap.code", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            Request => "request",
            2 => "accepted",
            3 => "refused",
            _ => null,
        });
        public static readonly Field Identifier = Field.Number("id", "pap.identifier", at: 1, size: 1, about: "Matches answers with requests");
        public static readonly Field Length = Field.Number("length", "pap.length", at: 2, size: 2, about: "Bytes of the message");
        public static readonly Field Peer = Field.Text("peer", "pap.peer_id", about: "Name", summary: true);
        public static readonly Field Password = Field.Text("password", "pap.password", about: "Password");
        public static readonly Field Message = Field.Text("message", "pap.message", about: "What the answer says");

        public static readonly Field[] All = [Code, Identifier, Length, Peer, Password, Message];
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
            dissection.TooShort(OsiLayer.DataLink, "PAP message", offset, length, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes[0] == Request)
        {
            int next = ReportCounted(Fields.Peer, bytes, Size, at, sink);
            ReportCounted(Fields.Password, bytes, next, at, sink);
        }
        else
        {
            ReportCounted(Fields.Message, bytes, Size, at, sink);
        }
    }

    private static int ReportCounted(Field field, ReadOnlySpan<byte> bytes, int next, int at, IFieldSink sink)
    {
        if (next >= bytes.Length || next + 1 + bytes[next] > bytes.Length)
        {
            return bytes.Length;
        }

        sink.Text(field, bytes.Slice(next + 1, bytes[next]), at + next + 1, bytes[next]);
        return next + 1 + bytes[next];
    }
}
