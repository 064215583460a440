using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The slow protocols (IEEE 802.3, annex 57A): link aggregation (LACP, IEEE 802.1AX, 6.4.2), its marker, and OAM.</summary>
internal static class SlowProtocol
{
    private const int Aggregation = 1;
    private const int AggregationSize = 110;

    public static readonly Protocol Value = new("slow", OsiLayer.DataLink, "Slow Protocols", Fields.All, Dissect);

    public static readonly Protocol Lacp = new("lacp", OsiLayer.DataLink, "Link Aggregation Control Protocol", LacpFields.All);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("subtype", "slow.subtype", at: 0, size: 1, about: "Which of them", summary: true, names: static v => v switch
            {
                Aggregation => "link aggregation",
                2 => "marker",
                3 => "operations, administration, maintenance",
                10 => "organization specific",
                _ => null,
            }),
        ];
    }

    private static class LacpFields
    {
        public static readonly Field[] All =
        [
            Field.Number("version", "lacp.version", at: 0, size: 1, about: "Version"),
            Field.Number("actor_priority", "lacp.actor.sys_priority", at: 3, size: 2, about: "Priority of the sender"),
            Field.Mac("actor", "lacp.actor.sysid", at: 5, about: "Sender"),
            Field.Number("actor_key", "lacp.actor.key", at: 11, size: 2, about: "Key of the sender's port"),
            Field.Number(null, "lacp.actor.port_priority", at: 13, size: 2, about: "Priority of the sender's port"),
            Field.Number("actor_port", "lacp.actor.port", at: 15, size: 2, about: "Sender's port"),
            Field.Number("actor_state", "lacp.actor.state", at: 17, size: 1, about: "State of the sender's port"),
            Field.Number("partner_priority", "lacp.partner.sys_priority", at: 23, size: 2, about: "Priority of the other side"),
            Field.Mac("partner", "lacp.partner.sysid", at: 25, about: "The other side, as the sender knows it"),
            Field.Number("partner_key", "lacp.partner.key", at: 31, size: 2, about: "Key of its port"),
            Field.Number(null, "lacp.partner.port_priority", at: 33, size: 2, about: "Priority of its port"),
            Field.Number("partner_port", "lacp.partner.port", at: 35, size: 2, about: "Its port"),
            Field.Number("partner_state", "lacp.partner.state", at: 37, size: 1, about: "State of its port"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 1)
        {
            dissection.TooShort(OsiLayer.DataLink, "slow protocols subtype", offset, 1, end);
        }
        else if (dissection.Add(Value, offset, 1, end) && dissection.Bytes[offset] == Aggregation)
        {
            dissection.AddMessage(Lacp, offset + 1, AggregationSize - 1, end);
        }

        return true;
    }
}
