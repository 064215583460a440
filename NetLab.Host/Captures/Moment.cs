namespace NetLab.Host.Captures;

/// <summary>A moment in a capture.</summary>
/// <param name="Nanoseconds">Since 1970-01-01 UTC, or since the first packet.</param>
/// <param name="IsRelative">Whether it counts from the first packet.</param>
internal readonly record struct Moment(long Nanoseconds, bool IsRelative)
{
    /// <summary>The moment, when the capture's first packet was seen then.</summary>
    public long At(long? first) => IsRelative ? Nanoseconds + (first ?? 0) : Nanoseconds;
}
