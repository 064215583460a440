using System.Buffers.Binary;
using NetLab.Osi.Application.Media;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>TPKT (RFC 1006, section 6): ISO transport on TCP, a packet behind its length.</summary>
internal static class TpktProtocol
{
    private const int HeaderSize = 4;
    private const int Version = 3;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "tpkt", OsiLayer.Transport, "ISO transport on TCP", Fields.All, Frame, Dissect, begins: static bytes => bytes[0] == Version && Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("version", "tpkt.version", at: 0, size: 1, about: "Version: 3", needsStreams: true),
            Field.Number(null, "tpkt.reserved", at: 1, size: 1, about: "Reserved", needsStreams: true),
            Field.Number("length", "tpkt.length", at: 2, size: 2, about: "Bytes with this header", needsStreams: true),
        ];
    }

    /// <summary>Whether bytes begin with a packet that asks for, grants or refuses a connection, brings data, or signals a call.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize + 3 && bytes[0] == Version && Frame(bytes, true) >= HeaderSize + 3 && bytes[1] == 0 && (CotpProtocol.Begins(bytes[HeaderSize..]) || Q931Protocol.Begins(bytes[HeaderSize..]));

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] != Version)
        {
            // The rest of the segment makes no sense; the next may begin with a packet.
            return bytes.Length;
        }

        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return length < HeaderSize ? StreamParser.NotMine : length;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize || dissection.Bytes[offset] != Version)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int packetEnd = Math.Min(end, offset + length);
        Dissection inside = dissection.Until(offset + length);
        if (inside.Add(Value, offset, HeaderSize, packetEnd) && offset + HeaderSize < packetEnd && !CotpProtocol.Dissect(inside, offset + HeaderSize, packetEnd)
            && !Q931Protocol.Value.Dissect(inside, offset + HeaderSize, packetEnd))
        {
            inside.Data(OsiLayer.Application, offset + HeaderSize, packetEnd);
        }

        return true;
    }
}
