using System.Diagnostics;

namespace NetLab.Udp.Time;

/// <summary>
/// The machine's monotonic clock, tied once to the wall clock so that recordings carry dates
/// while measurements never jump.
/// </summary>
public sealed class MonotonicClock
{
    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _wallOrigin;

    /// <summary>Starts a clock whose origin is now.</summary>
    /// <param name="timeProvider">Where the date of the origin comes from; the system's clock by default.</param>
    public MonotonicClock(TimeProvider? timeProvider = null) =>
        _wallOrigin = (timeProvider ?? TimeProvider.System).GetUtcNow();

    /// <summary>The clock that every socket of this process stamps with.</summary>
    public static MonotonicClock Shared { get; } = new();

    /// <summary>The present moment.</summary>
    public Instant Now => new(Stopwatch.GetElapsedTime(_origin).Ticks);

    /// <summary>The date of a moment on this clock.</summary>
    public DateTimeOffset ToWallClock(Instant instant) => _wallOrigin + instant.SinceOrigin;
}
