using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Physical;

/// <summary>The Prism monitoring header, in the byte order of the machine that captured, and the AVS header that shares its link type.</summary>
internal static class PrismDissector
{
    private const int MinSize = 8;
    private const uint AvsVersion1 = 0x8021_1001;
    private const uint AvsVersion2 = 0x8021_1002;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < MinSize ? MinSize : LengthOf(dissection.Bytes[offset..]);
        if (length < MinSize || length > end - offset)
        {
            dissection.Short(OsiLayer.Physical, "Prism length", offset, Math.Max(length, MinSize), end);
        }
        else if (dissection.Add(ProtocolId.Prism, OsiLayer.Physical, offset, length, end))
        {
            WlanDissector.Dissect(dissection, offset + length, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink) =>
        sink.Number("length"u8, LengthOf(view.BytesOf(index)), view[index].Offset + 4, 4);

    private static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        bool isAvs = BinaryPrimitives.ReadUInt32BigEndian(bytes) is AvsVersion1 or AvsVersion2;
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint big = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        uint length = isAvs || little > 0xFFFF ? big : little;
        return length > 0xFFFF ? 0 : (int)length;
    }
}
