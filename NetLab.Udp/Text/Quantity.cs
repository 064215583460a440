using System.Globalization;

namespace NetLab.Udp.Text;

/// <summary>Durations, sizes, rates and shares as people write them on a command line.</summary>
public static class Quantity
{
    /// <summary>Reads <c>20ms</c>, <c>1.5s</c>, <c>300us</c>, <c>2m</c>; a bare 0 needs no unit.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = default;
        (string Suffix, double Ticks)[] units =
        [
            ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond), ("µs", TimeSpan.TicksPerMicrosecond),
            ("ns", 0.01), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
        ];
        string trimmed = text.Trim();
        foreach ((string suffix, double ticks) in units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                if (!TryParseNumber(trimmed[..^suffix.Length], out double number) || number * ticks > long.MaxValue / 2)
                {
                    return false;
                }

                duration = TimeSpan.FromTicks((long)Math.Round(number * ticks));
                return true;
            }
        }

        return trimmed == "0";
    }

    /// <summary>Reads <c>64K</c>, <c>4M</c>, <c>1G</c> (powers of 1024) or plain bytes.</summary>
    public static bool TryParseSize(string text, out long bytes) => TryParseScaled(text, 1024, out bytes);

    /// <summary>Reads <c>100M</c>, <c>10G</c> (powers of 1000) or plain bits a second.</summary>
    public static bool TryParseRate(string text, out long bitsPerSecond) => TryParseScaled(text, 1000, out bitsPerSecond);

    /// <summary>Reads <c>1%</c> or <c>0.01</c>; the share is from 0 to 1.</summary>
    public static bool TryParseShare(string text, out double share)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        double scale = 1;
        if (trimmed.EndsWith('%'))
        {
            (trimmed, scale) = (trimmed[..^1], 0.01);
        }

        return TryParseNumber(trimmed, out share) && (share *= scale) <= 1;
    }

    /// <summary>Writes a duration in the largest unit that needs no fraction, as <see cref="TryParseDuration"/> reads it.</summary>
    public static string DurationText(TimeSpan duration)
    {
        (string Suffix, long Ticks)[] units =
            [("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond)];
        foreach ((string suffix, long ticks) in units)
        {
            if (duration.Ticks % ticks == 0 && duration != TimeSpan.Zero)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{suffix}");
            }
        }

        return duration == TimeSpan.Zero ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks * 100}ns");
    }

    /// <summary>Writes a size as <see cref="TryParseSize"/> reads it, without rounding.</summary>
    public static string SizeText(long bytes) => ScaledText(bytes, 1024);

    /// <summary>Writes a rate as <see cref="TryParseRate"/> reads it, without rounding.</summary>
    public static string RateText(long bitsPerSecond) => ScaledText(bitsPerSecond, 1000);

    private static string ScaledText(long value, long step)
    {
        int power = 0;
        while (value != 0 && power < 4 && value % step == 0)
        {
            value /= step;
            power++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value}{(power == 0 ? "" : "KMGT"[power - 1].ToString())}");
    }

    private static bool TryParseScaled(string text, double step, out long value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = 0;
        string trimmed = text.Trim();
        double scale = 1;
        int power = trimmed.Length == 0 ? -1 : "KMGT".IndexOf(char.ToUpperInvariant(trimmed[^1]), StringComparison.Ordinal);
        if (power >= 0)
        {
            trimmed = trimmed[..^1];
            scale = Math.Pow(step, power + 1);
        }

        if (!TryParseNumber(trimmed, out double number) || number * scale >= long.MaxValue / 2)
        {
            return false;
        }

        value = (long)Math.Round(number * scale);
        return true;
    }

    private static bool TryParseNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
