using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>PPP over Ethernet (RFC 2516).</summary>
internal static class PppoeProtocol
{
    public static readonly Protocol Value = new("pppoe", OsiLayer.DataLink, "PPP over Ethernet", Fields.All, Dissect, Describe, filter: "pppoes");

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "pppoe.code", names: static v => (int)v switch
        {
            0 => "session data",
            9 => "initiation",
            7 => "offer",
            0x19 => "request",
            0x65 => "session confirmation",
            0xA7 => "terminate",
            _ => null,
        }, width: 1);
        public static readonly Field Session = Field.Number("session", "pppoe.session_id", width: 2);
        public static readonly Field Length = Field.Number("length", "pppoe.payload_length", width: 2);

        public static readonly Field[] All = [Code, Session, Length];
    }

    private const int Size = 6;

    /// <summary>Discovery and sessions: only data of a session, code 0, carries PPP.</summary>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "PPPoE header", offset, Size, end);
            return true;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 4)..]);
        int payload = offset + Size;
        int payloadEnd = Math.Min(end, payload + length);
        Dissection inside = dissection.Until(payload + length);
        if (!inside.Add(Value, offset, Size, payloadEnd))
        {
            return true;
        }

        if (dissection.Bytes[offset + 1] == 0)
        {
            PppProtocol.Dissect(inside, payload, payloadEnd);
        }

        if (payload + length > end)
        {
            inside.TooShort(OsiLayer.DataLink, "PPPoE length", offset, Size + length, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Code, bytes[1], at + 1, 1);
        sink.Number(Fields.Session, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
    }
}
