using NetLab.Udp.Text;

namespace NetLab.Host.Settings;

/// <summary>A duration, as the command line, the configuration and HTTP have it.</summary>
internal static class DurationText
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The text, such as 20ms, 1.5s or 2m.</param>
    /// <param name="option">The option it was given to, for the message.</param>
    /// <exception cref="UsageException">It is no duration, or not more than 0.</exception>
    public static TimeSpan Parse(string text, string option) =>
        Quantity.TryParseDuration(IsNumber(text) ? text + "s" : text, out TimeSpan duration) && duration > TimeSpan.Zero
            ? duration
            : throw new UsageException($"{option} '{text}': a duration looks like 20ms, 1.5s or 2m, and is more than 0");

    // As iperf3 and ncat have it: a number alone is seconds.
    private static bool IsNumber(string text) => text.Trim() is { Length: > 0 } trimmed && trimmed.All(c => char.IsAsciiDigit(c) || c == '.');
}
