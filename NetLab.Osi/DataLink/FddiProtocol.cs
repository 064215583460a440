using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>FDDI (ANSI X3.139): frame control and two addresses, then LLC.</summary>
internal static class FddiProtocol
{
    private const int Size = 13;

    public static readonly Protocol Value = new("fddi", OsiLayer.DataLink, "Fiber Distributed Data Interface", Fields.All, Dissect);

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "FDDI header", offset, Size, end);
        }
        else if (dissection.Add(Value, offset, Size, end))
        {
            LlcProtocol.Dissect(dissection, offset + Size, end);
        }

        return true;
    }

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("fc", "fddi.fc", at: 0, size: 1, about: "Frame control"),
            Field.Mac("dst", "fddi.dst", at: 1, about: "Destination"),
            Field.Mac("src", "fddi.src", at: 7, about: "Source"),
        ];
    }
}
