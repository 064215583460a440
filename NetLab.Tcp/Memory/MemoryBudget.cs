using NetLab.Tcp.Counters;

namespace NetLab.Tcp.Memory;

/// <summary>
/// How many bytes all connections of one endpoint may hold together: received and not read, out of order, written and not acknowledged,
/// and what a connection is itself. Each has a window of its own as well; the budget is what keeps many of them from taking all
/// memory there is. Where the endpoint has a pool of its own, what lies in pipes is counted by its blocks, full or not, with those
/// that are kept for the next one.
/// </summary>
/// <remarks>
/// From half of it on, windows are offered smaller, in proportion to what is left. When all is used, the largest out-of-order queue
/// is let go of first, which a receiver may do (RFC 2018, 8); then what arrives is dropped as if it had been lost, down to a few
/// segments a connection and a quarter more than the budget in all, and new connections are not let in. What applications have written is
/// counted and not refused: from half of the budget on their flushes wait, each until the peer has what is more than its share
/// (<see cref="SendShare"/>). Belongs to one endpoint, whose thread alone decides by it; bytes any thread may add.
/// </remarks>
public sealed class MemoryBudget
{
    /// <summary>The least budget: a few connections with a window worth the name.</summary>
    public const long MinLimit = 1 << 20;

    // Of what the process may use: the application needs some, and there may be several endpoints.
    private const int DefaultShare = 4;

    // What a connection may always hold, or it would make no progress at all: a few segments.
    private const int Guaranteed = 16 << 10;

    // Beyond the budget by more than that nothing is taken at all: what a connection may always hold adds up as well.
    private const int ExcessShare = 4;

    // After all was used, so much is made free at once, or each segment would be another search.
    private const int ReclaimedShare = 16;

    private readonly OutOfOrderQueues _queues = new();
    private readonly SharedMemoryLimit? _shared;
    private readonly Lock _sharing = new();
    private bool _closed;
    private long _used;
    private long _taken;
    private long _peak;

    /// <summary>Makes a budget.</summary>
    /// <param name="limit">Bytes, at least <see cref="MinLimit"/>; null for <see cref="DefaultLimit"/>.</param>
    /// <param name="shared">What it shares with the budgets of other endpoints; null for nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than <see cref="MinLimit"/>.</exception>
    public MemoryBudget(long? limit = null, SharedMemoryLimit? shared = null)
    {
        _shared = shared;
        ArgumentOutOfRangeException.ThrowIfLessThan(limit ?? MinLimit, MinLimit, nameof(limit));
        Limit = limit ?? DefaultLimit;
    }

    /// <summary>A quarter of the memory that the process may use, as the runtime knows it: the machine's, or its container's.</summary>
    public static long DefaultLimit => Math.Max(MinLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultShare);

    /// <summary>Bytes there are.</summary>
    public long Limit { get; }

    /// <summary>Bytes in use.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The most that was ever in use.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Segments whose payload was dropped for want of memory, in whole or in part.</summary>
    public long RefusedSegments => Statistics.RefusedSegments;

    /// <summary>SYNs that were dropped for want of memory.</summary>
    public long RefusedConnections => Statistics.RefusedConnections;

    /// <summary>Bytes of out-of-order queues that were let go of.</summary>
    public long ReclaimedBytes => Statistics.ReclaimedBytes;

    /// <summary>The same, as a meter adds it up over all endpoints.</summary>
    internal MemoryStatistics Statistics { get; } = new();

    /// <summary>Whether what lies in pipes is counted by the blocks of a pool, and not byte by byte by its connection.</summary>
    internal bool CountsBlocks { get; set; }

    /// <summary>Whether so much is used that nothing is kept for later.</summary>
    internal bool IsPressed => Used > Limit / 2 || _shared is { IsPressed: true };

    /// <summary>Whether all is used.</summary>
    internal bool IsExhausted => Used >= Limit || _shared is { IsExhausted: true };

    /// <summary>How large a window may be that would like to be of a size.</summary>
    internal long Allow(long size)
    {
        long allowed = Allow(size, Used, Limit);
        return _shared is null ? allowed : Math.Min(allowed, Allow(size, _shared.Used, _shared.Limit));
    }

    /// <summary>How many more bytes a connection may take in order; where all is used, out-of-order queues are let go of first.</summary>
    /// <param name="held">Bytes it holds unread.</param>
    /// <returns><see cref="long.MaxValue"/> where its window alone decides; else nothing out of order may be taken.</returns>
    internal long Admit(long held)
    {
        if (IsExhausted)
        {
            Reclaim();
        }

        return !IsExhausted ? long.MaxValue : IsExceeded ? 0 : Math.Max(0, Guaranteed - held);
    }

    /// <summary>So many bytes more are held, or less. Any thread's.</summary>
    internal void Add(long bytes)
    {
        long used = Interlocked.Add(ref _used, bytes);
        Statistics.Used = used;
        for (long peak = Volatile.Read(ref _peak); used > peak && Interlocked.CompareExchange(ref _peak, used, peak) is var seen && seen != peak;)
        {
            peak = seen;
        }

        long taken = Volatile.Read(ref _taken);
        if (_shared is not null && (used > taken || used < taken - (2 * SharedMemoryLimit.Piece)))
        {
            lock (_sharing)
            {
                Share();
            }
        }
    }

    /// <summary>Gives back what was taken of the shared limit: the endpoint has ended, and holds nothing any more.</summary>
    internal void Close()
    {
        lock (_sharing)
        {
            _closed = true;
            _shared?.Take(-_taken);
            _taken = 0;
            Volatile.Write(ref _used, 0);
            Statistics.Used = 0;
        }
    }

    internal void Track(MemoryAccount account, long before, long now) => _queues.Update(account, before, now);

    internal void OnSegmentRefused() => Statistics.RefusedSegments++;

    internal void OnConnectionRefused() => Statistics.RefusedConnections++;

    private static long Allow(long size, long used, long limit)
    {
        long half = limit / 2;
        return used <= half ? size : Math.Min(size, Math.Max(Guaranteed, (long)((double)size * Math.Max(0, limit - used) / half)));
    }

    private bool IsExceeded => Used >= Limit + (Limit / ExcessShare) || _shared is { IsExceeded: true };

    private void Share()
    {
        if (!_closed)
        {
            long taken = (Used + SharedMemoryLimit.Piece - 1) / SharedMemoryLimit.Piece * SharedMemoryLimit.Piece;
            _shared!.Take(taken - _taken);
            Volatile.Write(ref _taken, taken);
        }
    }

    private void Reclaim()
    {
        // Where others have used up what is shared, it is the own share of it that can be let go of.
        long goal = Math.Min(Used, Limit) - (Math.Min(Used, Limit) / ReclaimedShare);
        while (Used > goal && _queues.TryGetLargest(out MemoryAccount? largest))
        {
            long before = Used;
            largest.ForgetOutOfOrder();
            Statistics.ReclaimedBytes += before - Used;
        }
    }
}
