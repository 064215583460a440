using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>Provider backbone bridges (IEEE 802.1ah): a service tag and the customer's Ethernet header.</summary>
internal static class PbbDissector
{
    private const int Size = 18;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.DataLink, "802.1ah header", offset, Size, end);
            return;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 16)..]);
        if (dissection.Add(ProtocolId.Pbb, OsiLayer.DataLink, offset, Size, end))
        {
            EtherTypes.DissectTypeOrLength(dissection, type, offset + Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("priority"u8, bytes[0] >> 5, at, 1);
        sink.Number("isid"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFF_FFFF, at + 1, 3);
        sink.Mac("dst"u8, bytes.Slice(4, 6), at + 4);
        sink.Mac("src"u8, bytes.Slice(10, 6), at + 10);
        sink.Number("type"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]), at + 16, 2);
    }
}
