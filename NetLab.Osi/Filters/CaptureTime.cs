namespace NetLab.Osi.Filters;

/// <summary>Moments as people write them.</summary>
public static class CaptureTime
{
    /// <summary>Reads a date with a time, in UTC unless it says otherwise, or seconds since 1970 with up to nine digits behind the point.</summary>
    /// <param name="text">The text.</param>
    /// <param name="nanoseconds">Nanoseconds since 1970-01-01 UTC.</param>
    public static bool TryParse(string text, out long nanoseconds)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TimeValue.TryParseMoment(text, out nanoseconds);
    }
}
