namespace NetLab.Osi.DataLink;

/// <summary>Names of 802.11 frames by type and subtype (IEEE 802.11-2020, table 9-1).</summary>
internal static class WlanNames
{
    public static string? Of(int subtype) => subtype switch
    {
        0 => "association request",
        1 => "association response",
        2 => "reassociation request",
        3 => "reassociation response",
        4 => "probe request",
        5 => "probe response",
        6 => "timing advertisement",
        8 => "beacon",
        9 => "announcement traffic indication",
        10 => "disassociation",
        11 => "authentication",
        12 => "deauthentication",
        13 => "action",
        14 => "action, no acknowledgment",
        18 => "trigger",
        20 => "beamforming report poll",
        21 => "null data packet announcement",
        23 => "control wrapper",
        24 => "block acknowledgment request",
        25 => "block acknowledgment",
        26 => "power save poll",
        27 => "request to send",
        28 => "clear to send",
        29 => "acknowledgment",
        30 => "end of contention-free period",
        32 => "data",
        36 => "no data",
        40 => "QoS data",
        44 => "QoS, no data",
        48 => "DMG beacon",
        49 => "S1G beacon",
        _ => null,
    };
}
