using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>VXLAN (RFC 7348): Ethernet in UDP.</summary>
internal static class VxlanProtocol
{
    private const int Size = 8;

    public static readonly Protocol Value = new("vxlan", OsiLayer.Transport, "Virtual Extensible LAN", Fields.All, Dissect);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Transport, "VXLAN header", offset, Size, end);
        }
        else if (dissection.Add(Value, offset, Size, end) && end > offset + Size)
        {
            dissection.Next(NumberTable.LinkType, LinkTypes.Ethernet, offset + Size, end);
        }

        return true;
    }

    private static class Fields
    {
        public static readonly Field[] All = [Field.Number("vni", "vxlan.vni", at: 4, size: 3, about: "Network identifier")];
    }
}
