namespace NetLab.Osi.DataLink;

/// <summary>Service access points of LLC (IEEE 802.2 and its registration authority).</summary>
internal static class Saps
{
    public const int SpanningTree = 0x42;
    public const int Ipx = 0xE0;
    public const int NetBios = 0xF0;
    public const int Osi = 0xFE;
    public const int Global = 0xFF;

    /// <summary>The name of a service access point; its lowest bit, which marks a group or a response, is no part of it.</summary>
    public static string? NameOf(int sap) => sap == Global ? "global" : (sap & 0xFE) switch
    {
        0 => "null",
        2 => "LLC management",
        4 => "SNA path control",
        6 => "IP",
        SpanningTree => "spanning tree",
        0x7E => "X.25",
        0x98 => "ARP",
        0xAA => "SNAP",
        Ipx => "NetWare",
        NetBios => "NetBIOS",
        Osi => "ISO network layer",
        _ => null,
    };
}
