namespace NetLab.Osi.Layers;

/// <summary>What the protocols are called in the schema, in filters and in summaries.</summary>
public static class ProtocolNames
{
    private static readonly string[] Names = [.. Enum.GetValues<ProtocolId>().Select(NameFor)];

    private static readonly byte[][] Utf8Names = [.. Names.Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <summary>A protocol's name.</summary>
    public static string Of(ProtocolId protocol) => Names[(int)protocol];

    /// <summary>A protocol's name in UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8Of(ProtocolId protocol) => Utf8Names[(int)protocol];

    private static string NameFor(ProtocolId protocol) => protocol switch
    {
        ProtocolId.Ethernet => "eth",
        ProtocolId.Ipv4 => "ip",
        ProtocolId.Ipv6HopByHop => "ipv6_hopopts",
        ProtocolId.Ipv6DestinationOptions => "ipv6_dstopts",
        ProtocolId.Ipv6Routing => "ipv6_routing",
        ProtocolId.Ipv6Fragment => "ipv6_frag",
        ProtocolId.TcpSession => "session",
        ProtocolId.WakeOnLan => "wol",
        _ => protocol.ToString().ToLowerInvariant(),
    };
}
