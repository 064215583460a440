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

        (long seconds, long rest) = Math.DivRem(ns, 1_000_000_000);
        if (rest < 0)
        {
            (seconds, rest) = (seconds - 1, rest + 1_000_000_000);
        }

        // 64 bits of nanoseconds reach from 1677 to 2262: always a date.
        DateTimeOffset date = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd HH:mm:ss}.{rest:D9}");
    }
}
