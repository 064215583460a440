using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Provider backbone bridges (IEEE 802.1ah): a service tag and the customer's Ethernet header.</summary>
internal static class PbbProtocol
{
    public static readonly Protocol Value = new("pbb", OsiLayer.DataLink, "Provider backbone bridging", Fields.All, Dissect, Describe, filter: "ieee8021ah");

    private static class Fields
    {
        public static readonly Field Priority = Field.Number("priority");
        public static readonly Field Isid = Field.Number("isid");
        public static readonly Field Dst = Field.Mac("dst");
        public static readonly Field Src = Field.Mac("src");
        public static readonly Field Type = Field.Number("type");

        public static readonly Field[] All = [Priority, Isid, Dst, Src, Type];
    }

    private const int Size = 18;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "802.1ah header", offset, Size, end);
            return true;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 16)..]);
        if (dissection.Add(Value, offset, Size, end))
        {
            EthernetProtocol.DissectTypeOrLength(dissection, type, offset + Size, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Priority, bytes[0] >> 5, at, 1);
        sink.Number(Fields.Isid, BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFF_FFFF, at + 1, 3);
        sink.Mac(Fields.Dst, bytes.Slice(4, 6), at + 4);
        sink.Mac(Fields.Src, bytes.Slice(10, 6), at + 10);
        sink.Number(Fields.Type, BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]), at + 16, 2);
    }
}
