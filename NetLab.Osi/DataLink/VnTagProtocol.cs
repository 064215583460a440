using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>A VN-Tag (IEEE 802.1BR's forerunner): which virtual interfaces a frame passes between.</summary>
internal static class VnTagProtocol
{
    private const int Size = 6;

    public static readonly Protocol Value = new("vntag", OsiLayer.DataLink, "VN-Tag", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("direction", "vntag.dir", at: 0, size: 2, mask: 0x8000, about: "Direction"),
            Field.Number("pointer", "vntag.ptr", at: 0, size: 2, mask: 0x4000, about: "Whether the destination is a list"),
            Field.Number("destination", "vntag.dst", at: 0, size: 2, mask: 0x3FFF, about: "Destination interface", width: 4),
            Field.Number("looped", "vntag.looped", at: 2, size: 2, mask: 0x8000, about: "Whether the frame comes back to where it came from"),
            Field.Number("version", "vntag.version", at: 2, size: 2, mask: 0x3000, about: "Version", width: 4),
            Field.Number("source", "vntag.src", at: 2, size: 2, mask: 0x0FFF, about: "Source interface", width: 4),
            Field.Number("type", "vntag.etype", at: 4, size: 2, names: static v => EtherTypes.NameOf((int)v), about: "What follows"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "VN-Tag", offset, Size, end);
        }
        else if (dissection.Add(Value, offset, Size, end))
        {
            EthernetProtocol.DissectTypeOrLength(dissection, (dissection.Bytes[offset + 4] << 8) | dissection.Bytes[offset + 5], offset + Size, end);
        }

        return true;
    }
}
