using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>PPP in HDLC-like framing (RFC 1662), and Cisco's HDLC with an EtherType.</summary>
internal static class HdlcProtocol
{
    public static readonly Protocol Value = new("hdlc", OsiLayer.DataLink, "Cisco HDLC", Fields.All, Dissect, Describe, filter: "chdlc");

    /// <summary>Frames that are PPP in HDLC-like framing.</summary>
    public static readonly Protocol Ppp = new("ppp", OsiLayer.DataLink, "PPP in HDLC-like framing", [], DissectPpp);

    /// <summary>The same behind a byte that tells the direction.</summary>
    public static readonly Protocol PppWithDirection = new("ppp", OsiLayer.DataLink, "PPP in HDLC-like framing, with direction", [], DissectPppWithDirection);

    /// <summary>Cisco HDLC behind a byte that tells the direction.</summary>
    public static readonly Protocol WithDirection = new("hdlc", OsiLayer.DataLink, "Cisco HDLC, with direction", [], DissectWithDirection, filter: "chdlc");

    private static class Fields
    {
        public static readonly Field Address = Field.Number("address", "chdlc.address", about: "15 one receiver, 143 all", width: 1);
        public static readonly Field Type = Field.Number("type", "chdlc.protocol", names: static v => EtherTypes.NameOf((int)v), about: "What it carries", width: 2);

        public static readonly Field[] All = [Address, Type];
    }

    private const int Size = 4;
    private const int AllStations = 0xFF;
    private const int Cdp = 0x2000;
    private const long CiscoDiscovery = 0x00000C_2000;

    /// <summary>PPP with or without its address and control fields, which a link may compress away.</summary>
    public static bool DissectPpp(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length >= 2 && bytes[0] == AllStations)
        {
            // RFC 1662, 3.1: the control byte behind it is 3; whatever it is, no protocol number begins with 255.
            PppProtocol.Dissect(dissection, offset + 2, end, offset);
        }
        else if (bytes.Length >= Size && bytes[0] is 0x0F or 0x8F && bytes[1] == 0)
        {
            Dissect(dissection, offset, end);
        }
        else
        {
            PppProtocol.Dissect(dissection, offset, end, offset);
        }

        return true;
    }

    /// <summary>The same behind a byte that tells the direction.</summary>
    public static bool DissectPppWithDirection(in Dissection dissection, int offset, int end) =>
        DissectPpp(dissection, Math.Min(offset + 1, end), end);

    private static bool DissectWithDirection(in Dissection dissection, int offset, int end) => Dissect(dissection, Math.Min(offset + 1, end), end);

    /// <summary>Cisco HDLC: address, control, EtherType.</summary>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "HDLC header", offset, Size, end);
        }
        else if (dissection.Add(Value, offset, Size, end))
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
            if (type == SlarpProtocol.EtherType)
            {
                SlarpProtocol.Value.Dissect(dissection, offset + Size, end);
            }
            else if (type == Cdp)
            {
                dissection.Next(NumberTable.Snap, CiscoDiscovery, offset + Size, end);
            }
            else
            {
                dissection.Next(NumberTable.EtherType, type, offset + Size, end);
            }
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Address, bytes[0], at, 1);
        sink.Number(Fields.Type, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
    }
}
