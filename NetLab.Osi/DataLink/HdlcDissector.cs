using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>PPP in HDLC-like framing (RFC 1662), and Cisco's HDLC with an EtherType.</summary>
internal static class HdlcDissector
{
    private const int Size = 4;
    private const int AllStations = 0xFF;

    /// <summary>PPP with or without its address and control fields, which a link may compress away.</summary>
    public static void DissectPpp(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length >= 2 && bytes[0] == AllStations)
        {
            // RFC 1662, 3.1: the control byte behind it is 3; whatever it is, no protocol number begins with 255.
            PppDissector.Dissect(dissection, offset + 2, end, offset);
        }
        else if (bytes.Length >= Size && bytes[0] is 0x0F or 0x8F && bytes[1] == 0)
        {
            Dissect(dissection, offset, end);
        }
        else
        {
            PppDissector.Dissect(dissection, offset, end);
        }
    }

    /// <summary>Cisco HDLC: address, control, EtherType.</summary>
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.DataLink, "HDLC header", offset, Size, end);
        }
        else if (dissection.Add(ProtocolId.Hdlc, OsiLayer.DataLink, offset, Size, end))
        {
            EtherTypes.Dissect(dissection, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]), offset + Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("address"u8, bytes[0], at, 1);
        sink.Number("type"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
    }
}
