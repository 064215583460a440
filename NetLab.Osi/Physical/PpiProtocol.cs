using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>Per-packet information (CACE Technologies, 1.0.7): a header that names the link type of what follows.</summary>
internal static class PpiProtocol
{
    public static readonly Protocol Value = new("ppi", OsiLayer.Physical, "Per-packet information", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "ppi.len");
        public static readonly Field LinkType = Field.Number("link_type", "ppi.dlt", names: static v => LinkTypes.NameOf((int)((int)v & 0xFFFF)), width: 4);

        public static readonly Field[] All = [Length, LinkType];
    }

    private const int MinSize = 8;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < MinSize ? MinSize : BinaryPrimitives.ReadUInt16LittleEndian(dissection.Bytes[(offset + 2)..]);
        if (length < MinSize || length > end - offset)
        {
            dissection.TooShort(OsiLayer.Physical, "PPI length", offset, Math.Max(length, MinSize), end);
            return true;
        }

        uint linkType = BinaryPrimitives.ReadUInt32LittleEndian(dissection.Bytes[(offset + 4)..]);
        if (dissection.Add(Value, offset, length, end))
        {
            // One inside the other ends with the packet: each takes at least eight bytes, and the table of layers is bounded.
            dissection.Next(NumberTable.LinkType, (int)(linkType & 0xFFFF), offset + length, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), at + 2, 2);
        uint linkType = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        sink.Number(Fields.LinkType, linkType, at + 4, 4);
    }
}
