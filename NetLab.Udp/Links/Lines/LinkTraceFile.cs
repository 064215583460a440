using System.Collections.Immutable;
using System.Globalization;
using NetLab.Udp.Text;

namespace NetLab.Udp.Links.Lines;

/// <summary>
/// Reads a trace from text. One column is Mahimahi's format: a millisecond a line, at which 1,500 bytes may leave. Two columns,
/// parted by spaces, a tab or a comma, are seconds and Mbit/s. Empty lines and those that begin with # mean nothing.
/// </summary>
public static class LinkTraceFile
{
    // A gigabit a second for ten minutes; what is longer is no trace of a path.
    private const int MaxLines = 50_000_000;
    private const int MaxLineLength = 4_096;
    private const double LongestSeconds = 366 * 86_400.0;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is; its name becomes the trace's.</param>
    /// <param name="trace">What is in it.</param>
    /// <param name="error">Which line and word is wrong and why, or null.</param>
    public static bool TryRead(string path, out LinkTrace? trace, out string? error)
    {
        LinkTrace? read = null;
        error = TextFile.Read(path, reader => TryRead(reader, path, out read, out string? why) ? null : why);
        trace = error is null ? read : null;
        return error is null;
    }

    /// <summary>Reads text.</summary>
    /// <param name="reader">Gives the lines.</param>
    /// <param name="name">What to call the trace.</param>
    /// <param name="trace">What is in it.</param>
    /// <param name="error">Which line and word is wrong and why, or null.</param>
    public static bool TryRead(TextReader reader, string name, out LinkTrace? trace, out string? error)
    {
        ArgumentNullException.ThrowIfNull(reader);
        trace = null;
        var opportunities = ImmutableArray.CreateBuilder<long>();
        var rates = ImmutableArray.CreateBuilder<RateStep>();
        for (int number = 1; BoundedLine.Read(reader, MaxLineLength) is { } line; number++)
        {
            string[] words = line.Split([' ', '\t', ',', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#')
            {
                continue;
            }

            error = number > MaxLines ? $"more than {MaxLines} lines"
                : words.Length == 1 && rates.Count == 0 ? Opportunity(words[0], opportunities)
                : words.Length == 2 && opportunities.Count == 0 ? Rate(words, rates)
                : $"'{line.Trim()}': a line is a millisecond (Mahimahi), or seconds and Mbit/s, and all lines are alike";
            if (error is not null)
            {
                error = $"line {number}: {error}";
                return false;
            }
        }

        try
        {
            trace = rates.Count > 0 ? new RateTrace(name, rates.ToImmutable()) : new OpportunityTrace(name, opportunities.ToImmutable());
            error = null;
            return true;
        }
        catch (ArgumentException)
        {
            error = rates.Count > 0 ? "it passes less than a bit a second" : "it has no opportunity later than 0 ms";
            return false;
        }
    }

    private static string? Opportunity(string word, ImmutableArray<long>.Builder opportunities)
    {
        if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds) || milliseconds > LongestSeconds * 1_000)
        {
            return $"'{word}': not a whole number of milliseconds";
        }

        if (opportunities.Count > 0 && milliseconds < opportunities[^1])
        {
            return $"'{word}': goes back in time: {opportunities[^1]} came before";
        }

        opportunities.Add(milliseconds);
        return null;
    }

    private static string? Rate(string[] words, ImmutableArray<RateStep>.Builder rates)
    {
        if (!IsNumber(words[0], LongestSeconds, out double seconds))
        {
            return $"'{words[0]}': not a number of seconds";
        }

        if (!IsNumber(words[1], 1e6, out double megabits))
        {
            return $"'{words[1]}': not a number of Mbit/s";
        }

        var at = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        if (rates.Count == 0 && at != TimeSpan.Zero)
        {
            return $"'{words[0]}': a trace begins at 0 seconds";
        }

        if (rates.Count > 0 && at <= rates[^1].At)
        {
            return $"'{words[0]}': goes back in time: {rates[^1].At.TotalSeconds.ToString(CultureInfo.InvariantCulture)} came before";
        }

        rates.Add(new RateStep(at, megabits * 1e6));
        return null;
    }

    private static bool IsNumber(string word, double max, out double number) =>
        double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number) && number >= 0 && number <= max;
}
