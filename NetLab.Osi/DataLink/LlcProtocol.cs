using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>IEEE 802.2 LLC, and SNAP (RFC 1042) as a part of it.</summary>
internal static class LlcProtocol
{
    public static readonly Protocol Value = new("llc", OsiLayer.DataLink, "Logical link control", Fields.All, DissectFrame, Describe);

    private static class Fields
    {
        public static readonly Field Dsap = Field.Number("dsap", "llc.dsap", names: static v => Saps.NameOf((int)v), about: "Destination service access point", width: 1);
        public static readonly Field Ssap = Field.Number("ssap", "llc.ssap", names: static v => Saps.NameOf((int)v), about: "Source service access point", width: 1);
        public static readonly Field Control = Field.Number("control", "llc.control", about: "Control: one byte in unnumbered frames, two in the others", width: 2);
        public static readonly Field Oui = Field.Number("oui", "llc.oui", about: "SNAP: who assigned the type", width: 3);
        public static readonly Field Type = Field.Number("type", "llc.type", names: static v => EtherTypes.NameOf((int)v), about: "SNAP: what follows", width: 2);

        public static readonly Field[] All = [Dsap, Ssap, Control, Oui, Type];
    }

    private const int MinSize = 3;
    private const int SnapSize = 5;
    private const int SnapSap = 0xAA;

    public static bool DissectFrame(in Dissection dissection, int offset, int end)
    {
        Dissect(dissection, offset, end);
        return true;
    }

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.DataLink, "LLC header", offset, MinSize, end);
            return;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int header = HeaderLength(bytes);
        bool isSnap = bytes[0] == SnapSap && bytes[1] == SnapSap && header == MinSize;
        int length = header + (isSnap ? SnapSize : 0);
        if (!dissection.Add(Value, offset, Math.Min(length, bytes.Length), end))
        {
            return;
        }

        int next = offset + length;
        if (next > end)
        {
            dissection.TooShort(OsiLayer.DataLink, "LLC header", offset, length, end);
        }
        else if (isSnap)
        {
            int oui = (bytes[3] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
            DissectSnap(dissection, oui, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), next, end);
        }
        else if (next < end)
        {
            // Frames of acknowledgment and of test carry nothing that a service access point would take.
            dissection.Next(NumberTable.LlcSap, bytes[0], next, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        int at = view[index].Offset;
        sink.Number(Fields.Dsap, bytes[0], at, 1);
        sink.Number(Fields.Ssap, bytes[1], at + 1, 1);
        bool isUnnumbered = (bytes[2] & 3) == 3;
        if (isUnnumbered || bytes.Length > MinSize)
        {
            sink.Number(Fields.Control, isUnnumbered ? bytes[2] : BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), at + 2, isUnnumbered ? 1 : 2);
        }

        if (bytes.Length == MinSize + SnapSize)
        {
            sink.Number(Fields.Oui, (bytes[3] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 3, 3);
            sink.Number(Fields.Type, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), at + 6, 2);
        }
    }

    // Unnumbered frames (both low bits set) have one byte of control, the others two.
    private static int HeaderLength(ReadOnlySpan<byte> bytes) => (bytes[2] & 3) == 3 ? MinSize : MinSize + 1;

    private static void DissectSnap(in Dissection dissection, int oui, int type, int offset, int end)
    {
        // 0 is RFC 1042, 0x0000F8 is IEEE 802.1H: an EtherType follows. What Cisco and Apple assigned has numbers of its own.
        if (oui is 0 or 0xF8)
        {
            dissection.Next(NumberTable.EtherType, type, offset, end);
        }
        else
        {
            dissection.Next(NumberTable.Snap, ((long)oui << 16) | (uint)type, offset, end);
        }
    }
}
