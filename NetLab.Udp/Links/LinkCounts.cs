using NetLab.Udp.Counters;

namespace NetLab.Udp.Links;

/// <summary>What the links of many relays have done together, each direction for itself. Safe for use by several threads.</summary>
public sealed class LinkCounts
{
    /// <summary>The one that belongs to nobody: relays that are not told otherwise count in it.</summary>
    public static LinkCounts Shared { get; } = new();

    /// <summary>From clients to targets.</summary>
    public Tally<LinkStatistics> Up { get; } = new();

    /// <summary>From targets to clients.</summary>
    public Tally<LinkStatistics> Down { get; } = new();
}
