using System.Globalization;

namespace NetLab.Osi.Rendering;

/// <summary>Nanoseconds since 1970 as a date and time.</summary>
internal static class TimeText
{
    public static string Of(long? nanoseconds)
    {
        if (nanoseconds is not { } ns)
        {
            return "no time";
        }

        (DateTimeOffset date, long rest) = Split(ns);
        return string.Create(CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd HH:mm:ss}.{rest:D9}");
    }

    /// <summary>The date as Wireshark's columns have it: <c>Jan  1, 1970 00:00:00.000000000 UTC</c>.</summary>
    public static string Date(long nanoseconds)
    {
        (DateTimeOffset date, long rest) = Split(nanoseconds);
        return string.Create(CultureInfo.InvariantCulture, $"{date:MMM} {date.Day,2}, {date:yyyy HH:mm:ss}.{rest:D9} UTC");
    }

    private static (DateTimeOffset Date, long Nanoseconds) Split(long ns)
    {
        (long seconds, long rest) = Math.DivRem(ns, 1_000_000_000);
        if (rest < 0)
        {
            (seconds, rest) = (seconds - 1, rest + 1_000_000_000);
        }

        // 64 bits of nanoseconds reach from 1677 to 2262: always a date.
        return (DateTimeOffset.FromUnixTimeSeconds(seconds), rest);
    }
}
