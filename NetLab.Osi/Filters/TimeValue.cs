using System.Globalization;

namespace NetLab.Osi.Filters;

/// <summary>Times in filters and columns: nanoseconds as seconds with nine digits, and dates.</summary>
internal static class TimeValue
{
    private const long Second = 1_000_000_000;

    /// <summary>Seconds with nine digits.</summary>
    public static string Text(long nanoseconds)
    {
        string sign = nanoseconds < 0 ? "-" : "";
        ulong all = (ulong)(nanoseconds < 0 ? unchecked(-nanoseconds) : nanoseconds);
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{all / Second}.{all % Second:D9}");
    }

    /// <summary>Nanoseconds of a number of seconds with up to nine digits behind the point.</summary>
    public static bool TryParseSeconds(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        bool isNegative = text.StartsWith("-");
        text = isNegative ? text[1..] : text;
        int point = text.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<char> fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.IsEmpty || fraction.Length > 9 || !long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > long.MaxValue / Second - 1)
        {
            return false;
        }

        long rest = 0;
        if (!fraction.IsEmpty && !long.TryParse(fraction, NumberStyles.None, CultureInfo.InvariantCulture, out rest))
        {
            return false;
        }

        for (int i = fraction.Length; i < 9; i++)
        {
            rest *= 10;
        }

        nanoseconds = (seconds * Second) + rest;
        nanoseconds = isNegative ? -nanoseconds : nanoseconds;
        return true;
    }

    /// <summary>Nanoseconds since 1970 of a date as people write it, in UTC unless it says otherwise, or of seconds.</summary>
    public static bool TryParseMoment(string text, out long nanoseconds)
    {
        if (TryParseSeconds(text, out nanoseconds))
        {
            return true;
        }

        // A date has at most seven digits behind the point here; the two that nanoseconds have more are added.
        int point = text.LastIndexOf('.');
        long extra = 0;
        if (point >= 0)
        {
            int end = point + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end - point - 1 is > 0 and <= 9)
            {
                extra = long.Parse(text.AsSpan(point + 1, end - point - 1).ToString().PadRight(9, '0'), CultureInfo.InvariantCulture);
                text = string.Concat(text.AsSpan(0, point), text.AsSpan(end));
            }
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date)
            || date.Year is < 1678 or > 2261)
        {
            return false;
        }

        nanoseconds = (date.ToUnixTimeMilliseconds() * 1_000_000) + extra;
        return true;
    }
}
