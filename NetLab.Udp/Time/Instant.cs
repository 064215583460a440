namespace NetLab.Udp.Time;

/// <summary>
/// A moment on a monotonic time line, in ticks of 100 ns since an origin that only the clock knows.
/// Real and virtual clocks both speak it, so nothing that takes an <see cref="Instant"/> can tell them apart.
/// </summary>
/// <param name="Ticks">Ticks of 100 ns since the clock's origin.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The clock's origin.</summary>
    public static Instant Zero => default;

    /// <summary>A moment that never comes: later than every other.</summary>
    public static Instant Never => new(long.MaxValue);

    /// <summary>The moment a duration after the clock's origin.</summary>
    public static Instant FromOrigin(TimeSpan sinceOrigin) => new(sinceOrigin.Ticks);

    /// <summary>The duration since the clock's origin.</summary>
    public TimeSpan SinceOrigin => new(Ticks);

    /// <summary>The later of two moments.</summary>
    public static Instant Max(Instant left, Instant right) => left.Ticks >= right.Ticks ? left : right;

    /// <summary>The earlier of two moments.</summary>
    public static Instant Min(Instant left, Instant right) => left.Ticks <= right.Ticks ? left : right;

    /// <summary>The moment <paramref name="duration"/> later.</summary>
    public Instant Add(TimeSpan duration) => new(Ticks + duration.Ticks);

    /// <summary>The duration from <paramref name="earlier"/> to this moment; negative when it is later.</summary>
    public TimeSpan Subtract(Instant earlier) => new(Ticks - earlier.Ticks);

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <inheritdoc/>
    public override string ToString() => $"{SinceOrigin.TotalSeconds:F6} s";

    /// <summary>The moment <paramref name="duration"/> after <paramref name="instant"/>.</summary>
    public static Instant operator +(Instant instant, TimeSpan duration) => instant.Add(duration);

    /// <summary>The moment <paramref name="duration"/> before <paramref name="instant"/>.</summary>
    public static Instant operator -(Instant instant, TimeSpan duration) => new(instant.Ticks - duration.Ticks);

    /// <summary>The duration between two moments.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => later.Subtract(earlier);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;
}
