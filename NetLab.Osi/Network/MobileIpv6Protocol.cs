using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>The mobility header of IPv6 (RFC 6275, 6.1).</summary>
internal static class MobileIpv6Protocol
{
    private const int Size = 8;

    public static readonly Protocol Value = new("mipv6", OsiLayer.Network, "Mobile IPv6", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("next", "mip6.proto", at: 0, size: 1, names: static v => IpProtocols.NameOf((int)v), about: "What follows"),
            Field.Number("header_length", "mip6.hlen", at: 1, size: 1, about: "Units of eight bytes behind the first"),
            Field.Number("type", "mip6.mhtype", at: 2, size: 1, about: "Message", summary: true, names: static v => v switch
            {
                0 => "binding refresh request",
                1 => "home test init",
                2 => "care-of test init",
                3 => "home test",
                4 => "care-of test",
                5 => "binding update",
                6 => "binding acknowledgment",
                7 => "binding error",
                8 => "fast binding update",
                9 => "fast binding acknowledgment",
                10 => "fast neighbor advertisement",
                12 => "home agent switch",
                13 => "heartbeat",
                16 => "binding revocation",
                _ => null,
            }),
            Field.Number("checksum", "mip6.csum", at: 4, size: 2, about: "Checksum"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < 2 ? Size : 8 * (dissection.Bytes[offset + 1] + 1);
        if (dissection.AddMessage(Value, offset, Size, length, end) && offset + length < end)
        {
            IpPayload.Dissect(dissection, dissection.Bytes[offset], offset + length, end);
        }

        return true;
    }
}
