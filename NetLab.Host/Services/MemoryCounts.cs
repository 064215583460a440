using NetLab.Tcp.Memory;

namespace NetLab.Host.Services;

/// <summary>What the connections of an endpoint hold, and what was refused or let go of for want of memory, as counts by name.</summary>
internal static class MemoryCounts
{
    /// <summary>Those of an endpoint.</summary>
    public static IReadOnlyList<ServiceCount> Of(MemoryBudget memory) =>
    [
        new("memory_bytes", memory.Used) { IsLevel = true },
        new("memory_refused_segments", memory.RefusedSegments),
        new("memory_refused_connections", memory.RefusedConnections),
        new("memory_reclaimed_bytes", memory.ReclaimedBytes),
    ];
}
