using NetLab.Udp.Counters;

namespace NetLab.Tcp.Counters;

/// <summary>What a memory budget holds and had to refuse. One thread writes, of what is used whoever changed it last; others may read meanwhile.</summary>
internal sealed class MemoryStatistics : ICounts<MemoryStatistics>
{
    /// <summary>Bytes in use.</summary>
    public long Used { get; set; }

    /// <summary>Segments whose payload was dropped for want of memory, in whole or in part.</summary>
    public long RefusedSegments { get; set; }

    /// <summary>SYNs that were dropped for want of memory.</summary>
    public long RefusedConnections { get; set; }

    /// <summary>Bytes of out-of-order queues that were let go of.</summary>
    public long ReclaimedBytes { get; set; }

    /// <inheritdoc/>
    public void Add(MemoryStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Used += other.Used;
        RefusedSegments += other.RefusedSegments;
        RefusedConnections += other.RefusedConnections;
        ReclaimedBytes += other.ReclaimedBytes;
    }
}
