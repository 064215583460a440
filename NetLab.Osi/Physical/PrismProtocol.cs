using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>The Prism monitoring header, in the byte order of the machine that captured, and the AVS header that shares its link type.</summary>
internal static class PrismProtocol
{
    public static readonly Protocol Value = new("prism", OsiLayer.Physical, "Prism monitoring header", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "prism.msglen", width: 4);

        public static readonly Field[] All = [Length];
    }

    private const int MinSize = 8;
    private const uint AvsVersion1 = 0x8021_1001;
    private const uint AvsVersion2 = 0x8021_1002;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < MinSize ? MinSize : LengthOf(dissection.Bytes[offset..]);
        if (length < MinSize || length > end - offset)
        {
            dissection.TooShort(OsiLayer.Physical, "Prism length", offset, Math.Max(length, MinSize), end);
        }
        else if (dissection.Add(Value, offset, length, end))
        {
            dissection.Next(NumberTable.LinkType, LinkTypes.Wlan, offset + length, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink) =>
        sink.Number(Fields.Length, LengthOf(view.BytesOf(index)), view[index].Offset + 4, 4);

    private static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        bool isAvs = BinaryPrimitives.ReadUInt32BigEndian(bytes) is AvsVersion1 or AvsVersion2;
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint big = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        uint length = isAvs || little > 0xFFFF ? big : little;
        return length > 0xFFFF ? 0 : (int)length;
    }
}
