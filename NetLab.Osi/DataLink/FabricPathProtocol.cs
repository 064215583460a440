using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Cisco FabricPath: an outer header with switch numbers in hierarchical addresses, and a tag, before the Ethernet frame.</summary>
internal static class FabricPathProtocol
{
    /// <summary>What stands behind the outer addresses.</summary>
    public const int EtherType = 0x8903;

    private const int Size = 16;
    private const int EthernetLink = 1;

    public static readonly Protocol Value = new("cfp", OsiLayer.DataLink, "Cisco FabricPath", Fields.All, Dissect);

    private static class Fields
    {
        // Places count from the outer destination address on.
        public static readonly Field[] All =
        [
            Field.Mac("dst", at: 0, about: "Outer destination"),
            Field.Mac("src", at: 6, about: "Outer source"),
            Field.Number("tree", "cfp.ftag", at: 14, size: 2, mask: 0xFFC0, about: "Forwarding tag"),
            Field.Number("ttl", "cfp.ttl", at: 14, size: 2, mask: 0x003F, about: "Time to live"),
        ];
    }

    /// <summary>Takes a frame apart from its outer addresses on.</summary>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "FabricPath header", offset, Size, end);
        }
        else if (dissection.Add(Value, offset, Size, end) && end > offset + Size)
        {
            dissection.Next(NumberTable.LinkType, EthernetLink, offset + Size, end);
        }

        return true;
    }
}
