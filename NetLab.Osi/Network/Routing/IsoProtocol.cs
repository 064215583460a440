using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>What the ISO network layer carries: the first byte says which protocol (ISO/IEC TR 9577).</summary>
internal static class IsoProtocol
{
    private const int ClnpId = 0x81;
    private const int EndSystemId = 0x82;
    private const int IntermediateSystemId = 0x83;
    private const int Ipv6Id = 0x8E;
    private const int IpId = 0xCC;

    public static readonly Protocol Value = new("osi", OsiLayer.Network, "ISO network layer", [], Dissect);

    public static readonly Protocol Clnp = new("clnp", OsiLayer.Network, "ISO Connectionless Network Protocol", ClnpFields.All);

    public static readonly Protocol EndSystem = new("esis", OsiLayer.Network, "End System to Intermediate System routing", EndSystemFields.All);

    private static class ClnpFields
    {
        public static readonly Field[] All =
        [
            Field.Number("length", "clnp.len", at: 1, size: 1, about: "Bytes of header"),
            Field.Number("version", "clnp.version", at: 2, size: 1, about: "Version"),
            Field.Number("ttl", "clnp.ttl", at: 3, size: 1, about: "Half seconds left to live"),
            Field.Number("type", "clnp.type", at: 4, size: 1, mask: 0x1F, about: "Type"),
        ];
    }

    private static class EndSystemFields
    {
        public static readonly Field[] All =
        [
            Field.Number("length", "esis.length", at: 1, size: 1, about: "Bytes of header"),
            Field.Number("version", "esis.ver", at: 2, size: 1, about: "Version"),
            Field.Number("type", "esis.type", at: 4, size: 1, mask: 0x1F, about: "Message", summary: true, names: static v => v switch { 2 => "end system hello", 4 => "intermediate system hello", 6 => "redirect", _ => null }),
            Field.Number("holding_time", "esis.htime", at: 5, size: 2, about: "Seconds for which it holds"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset >= end)
        {
            dissection.TooShort(OsiLayer.Network, "network layer protocol identifier", offset, 1, end);
            return true;
        }

        int id = dissection.Bytes[offset];
        if (!dissection.Add(Value, offset, 0, end))
        {
            return true;
        }

        switch (id)
        {
            case ClnpId:
                dissection.AddMessage(Clnp, offset, 9, end);
                break;
            case EndSystemId:
                dissection.AddMessage(EndSystem, offset, 8, end);
                break;
            case IntermediateSystemId:
                IsisProtocol.Value.Dissect(dissection, offset, end);
                break;
            case IpId or Ipv6Id:
                dissection.NextIp(offset + 1, end);
                break;
            default:
                dissection.Unknown(OsiLayer.Network, "network layer protocol identifier", offset, id);
                dissection.Data(OsiLayer.Network, offset, end);
                break;
        }

        return true;
    }
}
