using System.Collections.Immutable;
using System.Globalization;
using NetLab.Udp.Links.Lines;
using NetLab.Udp.Text;

namespace NetLab.Udp.Links.Paths;

/// <summary>
/// Reads and writes a recorded path as text, a word and numbers a line: <c>seed N</c>, <c>period SECONDS</c>, and of each direction,
/// <c>up</c> or <c>down</c>: <c>order kept|free</c>, <c>burst LENGTH</c>, <c>loss SECONDS SHARE</c>, <c>rate SECONDS MBIT/S</c> and
/// <c>delay SECONDS MILLISECONDS</c>. Lines that begin with # mean nothing.
/// </summary>
public static class RecordedPathFile
{
    private const int MaxLineLength = 4_096;
    private const int MaxLines = 1_000_000;
    private const double LongestSeconds = 366 * 86_400.0;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is; its name becomes the records'.</param>
    /// <param name="recorded">What is in it.</param>
    /// <param name="error">Which line and word is wrong and why, or null.</param>
    public static bool TryRead(string path, out RecordedPath? recorded, out string? error)
    {
        RecordedPath? read = null;
        error = TextFile.Read(path, reader => TryRead(reader, path, out read, out string? why) ? null : why);
        recorded = error is null ? read : null;
        return error is null;
    }

    /// <summary>Reads text.</summary>
    /// <param name="reader">Gives the lines.</param>
    /// <param name="name">What to call the records.</param>
    /// <param name="recorded">What is in it.</param>
    /// <param name="error">Which line and word is wrong and why, or null.</param>
    public static bool TryRead(TextReader reader, string name, out RecordedPath? recorded, out string? error)
    {
        ArgumentNullException.ThrowIfNull(reader);
        recorded = null;
        error = null;
        TimeSpan? period = null;
        ulong seed = 1;
        var (up, down) = (new PathRecordBuilder(), new PathRecordBuilder());
        for (int number = 1; BoundedLine.Read(reader, MaxLineLength) is { } line; number++)
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#')
            {
                continue;
            }

            error = number > MaxLines ? $"more than {MaxLines} lines" : words switch
            {
                ["seed", var text] => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed) ? null : $"'{text}': a seed is a whole number from 0 to 2^64-1",
                ["period", var text] => IsNumber(text, LongestSeconds, out double seconds) && seconds > 0 && (period = Seconds(seconds)) > TimeSpan.Zero ? null : $"'{text}': not a number of seconds above 0",
                ["up", .. var rest] => Direction(rest, up),
                ["down", .. var rest] => Direction(rest, down),
                _ => $"'{words[0]}': a line is seed, period, or up or down with order, burst, loss, rate or delay",
            };
            if (error is not null)
            {
                error = $"line {number}: {error}";
                return false;
            }
        }

        if (period is not { } length)
        {
            error = "there is no period in it: it is no path that nlab recorded, or was cut short";
            return false;
        }

        recorded = new RecordedPath(up.Build(name, length, "up", ref error), down.Build(name, length, "down", ref error), seed);
        if (error is null && recorded is { Up: null, Down: null })
        {
            error = "it has no delay of either direction";
        }

        return error is null;
    }

    /// <summary>Writes a path.</summary>
    /// <param name="writer">Takes the lines.</param>
    /// <param name="recorded">The path.</param>
    /// <param name="comments">What to say of it first, a line each.</param>
    public static void Write(TextWriter writer, RecordedPath recorded, IEnumerable<string> comments)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(comments);
        foreach (string comment in comments)
        {
            writer.Write($"# {comment}\n");
        }

        TimeSpan period = new[] { recorded.Up, recorded.Down }.Max(path => path?.Period ?? TimeSpan.Zero);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"seed {recorded.Seed}\nperiod {period.TotalSeconds:0.#######}\n"));
        Write(writer, "up", recorded.Up);
        Write(writer, "down", recorded.Down);
    }

    private static void Write(TextWriter writer, string direction, PathRecord? path)
    {
        if (path is null)
        {
            return;
        }

        void Line(FormattableString line) => writer.Write($"{direction} {FormattableString.Invariant(line)}\n");
        Line($"order {(path.KeepsOrder ? "kept" : "free")}");
        Line($"burst {path.Burst:0.###}");
        foreach (PathLoss loss in path.Losses)
        {
            Line($"loss {loss.At.TotalSeconds:0.#######} {loss.Share:0.######}");
        }

        foreach (RateStep step in path.Rate?.Steps ?? [])
        {
            Line($"rate {step.At.TotalSeconds:0.#######} {step.BitsPerSecond / 1e6:0.######}");
        }

        foreach (PathDelay delay in path.Delays)
        {
            Line($"delay {delay.At.TotalSeconds:0.#######} {delay.Delay.TotalMilliseconds:0.####}");
        }
    }

    private static string? Direction(string[] words, PathRecordBuilder direction)
    {
        switch (words)
        {
            case ["order", "kept" or "free"]:
                direction.KeepsOrder = words[1] == "kept";
                return null;
            case ["order", var text]:
                return $"'{text}': order is kept or free";
            case ["burst", var text]:
                return IsNumber(text, 1e6, out double burst) && burst >= 1 && (direction.Burst = burst) >= 1 ? null : $"'{text}': the mean length of a burst is a number from 1 to 1000000";
            case ["loss" or "rate" or "delay", var second, var value]:
                return IsNumber(second, LongestSeconds, out double at) ? Add(direction, words[0], Seconds(at), second, value) : $"'{second}': not a number of seconds";
            default:
                return $"'{(words.Length == 0 ? "" : words[0])}': behind up or down stands order, burst, or loss, rate or delay with seconds and a value";
        }
    }

    private static string? Add(PathRecordBuilder direction, string kind, TimeSpan at, string second, string text)
    {
        (TimeSpan? last, double most, string meaning) = kind switch
        {
            "loss" => (direction.LastLoss, 1, "a share from 0 to 1"),
            "rate" => (direction.LastRate, 1e6, "a number of Mbit/s"),
            _ => (direction.LastDelay, LinkLongestDelayMs, "a number of milliseconds, up to a day"),
        };
        if (!IsNumber(text, most, out double value))
        {
            return $"'{text}': not {meaning}";
        }

        if (last is null && kind != "delay" && at != TimeSpan.Zero)
        {
            return $"'{second}': the first {kind} is at 0 seconds";
        }

        if (last is { } before && (at < before || (at == before && kind == "rate")))
        {
            return $"'{second}': goes back in time: {before.TotalSeconds.ToString(CultureInfo.InvariantCulture)} came before";
        }

        direction.Add(kind, at, value);
        return null;
    }

    // A day, as for the delays of a link string.
    private const double LinkLongestDelayMs = 86_400_000;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));

    private static bool IsNumber(string word, double max, out double number) =>
        double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number) && number >= 0 && number <= max;

    /// <summary>A direction while its lines are read.</summary>
    private sealed class PathRecordBuilder
    {
        private readonly ImmutableArray<PathDelay>.Builder _delays = ImmutableArray.CreateBuilder<PathDelay>();
        private readonly ImmutableArray<PathLoss>.Builder _losses = ImmutableArray.CreateBuilder<PathLoss>();
        private readonly ImmutableArray<RateStep>.Builder _rates = ImmutableArray.CreateBuilder<RateStep>();

        public bool KeepsOrder { get; set; } = true;

        public double Burst { get; set; } = 1;

        public TimeSpan? LastDelay => _delays.Count > 0 ? _delays[^1].At : null;

        public TimeSpan? LastLoss => _losses.Count > 0 ? _losses[^1].At : null;

        public TimeSpan? LastRate => _rates.Count > 0 ? _rates[^1].At : null;

        public void Add(string kind, TimeSpan at, double value)
        {
            switch (kind)
            {
                case "loss":
                    _losses.Add(new PathLoss(at, value));
                    break;
                case "rate":
                    _rates.Add(new RateStep(at, value * 1e6));
                    break;
                default:
                    _delays.Add(new PathDelay(at, TimeSpan.FromTicks((long)Math.Round(value * TimeSpan.TicksPerMillisecond))));
                    break;
            }
        }

        public PathRecord? Build(string name, TimeSpan period, string direction, ref string? error)
        {
            if (_delays.Count == 0)
            {
                error ??= _losses.Count + _rates.Count > 0 ? $"'{direction}': it has no delay" : null;
                return null;
            }

            try
            {
                return new PathRecord(name, period, _delays.ToImmutable(), _losses.ToImmutable())
                {
                    KeepsOrder = KeepsOrder,
                    Burst = Burst,
                    Rate = _rates.Count > 0 ? new RateTrace(name, _rates.ToImmutable(), period) : null,
                };
            }
            catch (ArgumentException)
            {
                error ??= $"'{direction}': something is later than the period, or it passes less than a bit a second";
                return null;
            }
        }
    }
}
