using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The fields of BGP (RFC 4271, 4); places count from behind the marker.</summary>
internal static class BgpFields
{
    public static readonly Field Length = Field.Number("length", "bgp.length", at: 0, size: 2, about: "Bytes of the message");
    public static readonly Field Type = Field.Number("type", "bgp.type", at: 2, size: 1, about: "Message", summary: true, names: static v => v switch
    {
        1 => "open",
        2 => "update",
        3 => "notification",
        4 => "keep-alive",
        5 => "route refresh",
        _ => null,
    });

    public static readonly Field Withdrawn = Field.Group("withdrawn", "Routes that are no more");
    public static readonly Field WithdrawnPrefix = Field.Ipv4("prefix", "bgp.withdrawn_prefix", about: "Network that is no more");
    public static readonly Field Attributes = Field.Group("attributes", "Path attributes");
    public static readonly Field AttributeType = Field.Number("type", "bgp.update.path_attribute.type_code", about: "Type of an attribute", names: static v => v switch
    {
        1 => "origin",
        2 => "AS path",
        3 => "next hop",
        4 => "multi exit discriminator",
        5 => "local preference",
        6 => "atomic aggregate",
        7 => "aggregator",
        8 => "communities",
        9 => "originator",
        10 => "cluster list",
        14 => "multiprotocol: reachable",
        15 => "multiprotocol: unreachable",
        16 => "extended communities",
        17 => "AS path of four bytes",
        18 => "aggregator of four bytes",
        32 => "large communities",
        35 => "only to customers",
        40 => "prefix segment identifier",
        _ => null,
    }, width: 1);
    public static readonly Field AttributeLength = Field.Number(null, "bgp.update.path_attribute.length", about: "Bytes of an attribute", width: 2);
    public static readonly Field Origin = Field.Number("origin", "bgp.update.path_attribute.origin", about: "Where the route came from", names: static v => v switch { 0 => "IGP", 1 => "EGP", 2 => "incomplete", _ => null }, width: 1);
    public static readonly Field NextHop = Field.Ipv4("next_hop", "bgp.update.path_attribute.next_hop", about: "Next hop");
    public static readonly Field LocalPreference = Field.Number("local_preference", "bgp.update.path_attribute.local_pref", about: "Local preference", width: 4);
    public static readonly Field Discriminator = Field.Number("med", "bgp.update.path_attribute.multi_exit_disc", about: "Multi exit discriminator", width: 4);
    public static readonly Field Routes = Field.Group("routes", "Routes");
    public static readonly Field Prefix = Field.Ipv4("prefix", "bgp.nlri_prefix", about: "Network");
    public static readonly Field PrefixLength = Field.Number("length", "bgp.prefix_length", about: "Bits of the network", width: 1);

    public static readonly Field[] Open =
    [
        Field.Number("version", "bgp.open.version", at: 3, size: 1, about: "Version"),
        Field.Number("my_as", "bgp.open.myas", at: 4, size: 2, about: "Autonomous system of the sender"),
        Field.Number("hold_time", "bgp.open.holdtime", at: 6, size: 2, about: "Seconds without a message after which the session is dead"),
        Field.Ipv4("identifier", "bgp.open.identifier", at: 8, about: "Router"),
    ];

    public static readonly Field[] Notification =
    [
        Field.Number("error", "bgp.notify.major_error", at: 3, size: 1, about: "Error", names: static v => v switch
        {
            1 => "message header",
            2 => "open",
            3 => "update",
            4 => "hold timer expired",
            5 => "state machine",
            6 => "cease",
            _ => null,
        }),
        Field.Number("error_detail", "bgp.notify.minor_error", at: 4, size: 1, about: "Error, in more detail"),
    ];

    // What stands in every message.
    public static readonly Field[] Header = [Length, Type];

    public static readonly Field[] All =
    [
        .. Header, .. Open, .. Notification, Withdrawn, WithdrawnPrefix, Attributes, AttributeType, AttributeLength, Origin, NextHop, LocalPreference, Discriminator, Routes, Prefix, PrefixLength,
    ];
}
