using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Cisco's VLAN Trunking Protocol: switches of a domain agree which VLANs there are.</summary>
internal static class VtpProtocol
{
    private const int Size = 36;

    public static readonly Protocol Value = new("vtp", OsiLayer.DataLink, "VLAN Trunking Protocol", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("version", "vtp.version", at: 0, size: 1, about: "Version"),
            Field.Number("code", "vtp.code", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
            {
                1 => "summary advertisement",
                2 => "subset advertisement",
                3 => "advertisement request",
                4 => "join",
                _ => null,
            }),
            Field.Text("domain", "vtp.md", at: 4, size: 32, about: "Domain", summary: true),
            Field.Number("revision", "vtp.conf_rev_num", at: 36, size: 4, about: "Revision of the configuration"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }
}
