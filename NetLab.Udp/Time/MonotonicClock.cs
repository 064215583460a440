namespace NetLab.Udp.Time;

/// <summary>
/// The machine's monotonic clock, tied once to the wall clock so that recordings carry dates while measurements never
/// jump. Its origin is the system's own (on Linux the boot), so two processes of one machine mean the same by an
/// <see cref="Instant"/>; <see cref="Id"/> tells whether two do.
/// </summary>
public sealed class MonotonicClock
{
    private readonly TimeProvider _timeProvider;
    private readonly DateTimeOffset _wallOrigin;

    /// <summary>Ties the clock to a date.</summary>
    /// <param name="timeProvider">Where time and date come from; the system's clocks by default.</param>
    public MonotonicClock(TimeProvider? timeProvider = null)
    {
        _timeProvider = timeProvider ?? TimeProvider.System;
        _wallOrigin = _timeProvider.GetUtcNow() - Now.SinceOrigin;
    }

    /// <summary>The clock that every socket of this process stamps with.</summary>
    public static MonotonicClock Shared { get; } = new();

    /// <summary>
    /// Equal in all processes that share this time line, and, but for one chance in 2^32, in no others; 0 where the system
    /// does not tell.
    /// </summary>
    public static uint Id { get; } = ReadId();

    /// <summary>The present moment.</summary>
    public Instant Now => new(_timeProvider.GetElapsedTime(0).Ticks);

    /// <summary>How long to wait for a moment: zero once it has come, <see cref="Timeout.InfiniteTimeSpan"/> for <see cref="Instant.Never"/>.</summary>
    public TimeSpan Until(Instant instant)
    {
        if (instant == Instant.Never)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan left = instant - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The date of a moment on this clock.</summary>
    public DateTimeOffset ToWallClock(Instant instant) => _wallOrigin + instant.SinceOrigin;

    private static uint ReadId()
    {
        // The origin of CLOCK_MONOTONIC is the boot, and each boot has a random name of its own.
        const string Boot = "/proc/sys/kernel/random/boot_id";
        try
        {
            return OperatingSystem.IsLinux() && Guid.TryParse(File.ReadAllText(Boot), out Guid boot)
                ? BitConverter.ToUInt32(boot.ToByteArray())
                : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
