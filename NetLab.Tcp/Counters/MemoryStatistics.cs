using NetLab.Udp.Counters;

namespace NetLab.Tcp.Counters;

/// <summary>What a memory budget holds and had to refuse. One thread writes; others may read meanwhile.</summary>
internal sealed class MemoryStatistics : ICounts<MemoryStatistics>
{
    private long _used;
    private long _refusedSegments;
    private long _refusedConnections;
    private long _reclaimedBytes;

    /// <summary>Bytes in use.</summary>
    public long Used
    {
        get => Volatile.Read(ref _used);
        set => Volatile.Write(ref _used, value);
    }

    /// <summary>Segments whose payload was dropped for want of memory, in whole or in part.</summary>
    public long RefusedSegments
    {
        get => Volatile.Read(ref _refusedSegments);
        set => Volatile.Write(ref _refusedSegments, value);
    }

    /// <summary>SYNs that were dropped for want of memory.</summary>
    public long RefusedConnections
    {
        get => Volatile.Read(ref _refusedConnections);
        set => Volatile.Write(ref _refusedConnections, value);
    }

    /// <summary>Bytes of out-of-order queues that were let go of.</summary>
    public long ReclaimedBytes
    {
        get => Volatile.Read(ref _reclaimedBytes);
        set => Volatile.Write(ref _reclaimedBytes, value);
    }

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
