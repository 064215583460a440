using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Token ring (IEEE 802.5), then LLC.</summary>
internal static class TokenRingProtocol
{
    private const int Size = 14;

    public static readonly Protocol Value = new("tokenring", OsiLayer.DataLink, "Token Ring", Fields.All, Dissect, filter: "tr");

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];

        // IEEE 802.5, 3.1: the top bit of the source address says that routing information follows, its first five bits how long.
        int size = bytes.Length > Size && (bytes[8] & 0x80) != 0 ? Size + (bytes[14] & 0x1F) : Size;
        if (bytes.Length < size)
        {
            dissection.TooShort(OsiLayer.DataLink, "token ring header", offset, size, end);
        }
        else if (dissection.Add(Value, offset, size, end))
        {
            LlcProtocol.Dissect(dissection, offset + size, end);
        }

        return true;
    }

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("ac", "tr.ac", at: 0, size: 1, about: "Access control"),
            Field.Number("fc", "tr.fc", at: 1, size: 1, about: "Frame control"),
            Field.Mac("dst", "tr.dst", at: 2, about: "Destination"),
            Field.Mac("src", "tr.src", at: 8, about: "Source"),
        ];
    }
}
