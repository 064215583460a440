using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>PPP over Ethernet (RFC 2516).</summary>
internal static class PppoeDissector
{
    private const int Size = 6;

    public static void Dissect(in Dissection dissection, bool isSession, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.DataLink, "PPPoE header", offset, Size, end);
            return;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 4)..]);
        int payload = offset + Size;
        int payloadEnd = Math.Min(end, payload + length);
        Dissection inside = dissection.Until(payload + length);
        if (!inside.Add(ProtocolId.Pppoe, OsiLayer.DataLink, offset, Size, payloadEnd))
        {
            return;
        }

        if (isSession && dissection.Bytes[offset + 1] == 0)
        {
            PppDissector.Dissect(inside, payload, payloadEnd);
        }

        if (payload + length > end)
        {
            inside.Short(OsiLayer.DataLink, "PPPoE length", offset, Size + length, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("code"u8, bytes[1], at + 1, 1, bytes[1] switch
        {
            0 => "session data",
            9 => "initiation",
            7 => "offer",
            0x19 => "request",
            0x65 => "session confirmation",
            0xA7 => "terminate",
            _ => null,
        });
        sink.Number("session"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        sink.Number("length"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
    }
}
