using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Physical;

/// <summary>Per-packet information (CACE Technologies, 1.0.7): a header that names the link type of what follows.</summary>
internal static class PpiDissector
{
    private const int MinSize = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < MinSize ? MinSize : BinaryPrimitives.ReadUInt16LittleEndian(dissection.Bytes[(offset + 2)..]);
        if (length < MinSize || length > end - offset)
        {
            dissection.Short(OsiLayer.Physical, "PPI length", offset, Math.Max(length, MinSize), end);
            return;
        }

        uint linkType = BinaryPrimitives.ReadUInt32LittleEndian(dissection.Bytes[(offset + 4)..]);
        if (dissection.Add(ProtocolId.Ppi, OsiLayer.Physical, offset, length, end))
        {
            // One inside the other ends with the packet: each takes at least eight bytes, and the table of layers is bounded.
            LinkTypes.Dissect(dissection, (int)(linkType & 0xFFFF), offset + length, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("length"u8, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), at + 2, 2);
        uint linkType = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        sink.Number("link_type"u8, linkType, at + 4, 4, LinkTypes.NameOf((int)(linkType & 0xFFFF)));
    }
}
