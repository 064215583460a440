namespace NetLab.Tcp.Memory;

/// <summary>
/// How many bytes several endpoints may hold together, such as all of one process. Each has a <see cref="MemoryBudget"/> of its own
/// beside it, and acts on whichever of the two is closer to its end. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Endpoints take from it in pieces, so that they do not meet there for every segment: it may be exceeded by as much as a piece for
/// each of them.
/// </remarks>
public sealed class SharedMemoryLimit
{
    /// <summary>What an endpoint takes or gives back at once.</summary>
    internal const int Piece = 64 << 10;

    // Of what the process may use. What is counted is what connections hold, a quarter more at worst; what they leave behind waits for the
    // collector, which begins late, and the rest of the process wants some: with half, processes of 300 MiB outlived 100,000 hostile
    // connections, but with 160 MiB for all of the heap none did (NetLab.Benchmarks, hostile and hostile-memory).
    private const int DefaultShare = 3;

    private const int ExcessShare = 4;

    private long _used;
    private long _peak;

    /// <summary>Makes one.</summary>
    /// <param name="limit">Bytes, at least <see cref="MemoryBudget.MinLimit"/>; null for <see cref="DefaultLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than <see cref="MemoryBudget.MinLimit"/>.</exception>
    public SharedMemoryLimit(long? limit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit ?? MemoryBudget.MinLimit, MemoryBudget.MinLimit, nameof(limit));
        Limit = limit ?? DefaultLimit;
    }

    /// <summary>A third of the memory that the process may use, as the runtime knows it: the machine's, or its container's.</summary>
    public static long DefaultLimit => Math.Max(MemoryBudget.MinLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultShare);

    /// <summary>Bytes there are.</summary>
    public long Limit { get; }

    /// <summary>Bytes that endpoints have taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The most that they ever had.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Whether so much is used that nothing is kept for later.</summary>
    internal bool IsPressed => Used > Limit / 2;

    /// <summary>Whether so much more than all is used that nobody is given anything.</summary>
    internal bool IsExceeded => Used >= Limit + (Limit / ExcessShare);

    /// <summary>Whether all is used.</summary>
    public bool IsExhausted => Used >= Limit;

    /// <summary>Takes so many bytes, or gives them back where it is less than zero.</summary>
    internal void Take(long bytes)
    {
        long used = Interlocked.Add(ref _used, bytes);
        long peak = Volatile.Read(ref _peak);
        while (used > peak && Interlocked.CompareExchange(ref _peak, used, peak) is var seen && seen != peak)
        {
            peak = seen;
        }
    }
}
