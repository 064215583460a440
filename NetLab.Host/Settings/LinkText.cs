using NetLab.Udp.Links;
using NetLab.Udp.Links.Lines;

namespace NetLab.Host.Settings;

/// <summary>A link string, as the command line, the configuration and HTTP have it.</summary>
internal static class LinkText
{
    private const long MaxScheduleLength = 16 << 20;

    /// <summary>Reads one.</summary>
    /// <param name="text">The string.</param>
    /// <param name="mayNameFiles">Whether it may name the file of a trace: not where others than the machine's user write it.</param>
    /// <exception cref="UsageException">It makes no sense; the message names the key.</exception>
    public static LinkDescription Parse(string text, bool mayNameFiles = true)
    {
        if (!LinkDescription.TryParse(text, mayNameFiles ? LinkTraceFile.TryRead : null, out LinkDescription link, out string? error))
        {
            throw new UsageException(error!);
        }

        CheckKeys(text);
        foreach (LinkDirection direction in (LinkDirection[])[link.Up, link.Down])
        {
            if (direction.Burst > 1 && direction.Loss == 0 && text.Contains("burst", StringComparison.OrdinalIgnoreCase) && !text.Contains("profile", StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException("link: 'burst': has no effect without loss (as in loss=1%,burst=4)");
            }
        }

        return CheckDrops(link);
    }

    /// <summary>Adds a schedule to a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="schedule">The schedule, or the file it is in.</param>
    /// <exception cref="UsageException">It makes no sense; the message names the line and the word.</exception>
    public static LinkDescription Schedule(LinkDescription link, string schedule)
    {
        string text = schedule;
        if (string.IsNullOrWhiteSpace(schedule))
        {
            throw new UsageException("--schedule '': a schedule is text such as '0s: rate=10M; 10s: loss=20%', or a file of it");
        }

        if (!schedule.Contains(':', StringComparison.Ordinal) || File.Exists(schedule))
        {
            try
            {
                text = new FileInfo(schedule) is { Exists: true, Length: <= MaxScheduleLength }
                    ? File.ReadAllText(schedule)
                    : throw new UsageException($"--schedule '{schedule}': a schedule is a file of at most 16 MiB, or text such as '0s: rate=10M; 10s: loss=20%'");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new UsageException($"--schedule '{schedule}': cannot be read: {error.Message}");
            }
        }

        return link.TrySchedule(text, out LinkDescription scheduled, out string? wrong) ? CheckDrops(scheduled) : throw new UsageException(wrong!);
    }

    private static LinkDescription CheckDrops(LinkDescription link)
    {
        LinkDirection[] directions = [link.Up, link.Down, .. link.Up.Steps.Select(s => s.Direction), .. link.Down.Steps.Select(s => s.Direction)];
        IEnumerable<(string Key, string Name, int Ordinal)> named = directions.SelectMany(direction => direction.Drops.Select(drop => ("drop", drop.Name, drop.Ordinal))
            .Concat(direction.Faults.Select(fault => (fault.Effect switch { LinkEffects.Duplicated => "copy", LinkEffects.Corrupted => "damage", _ => "hold" }, fault.Name, fault.Ordinal))));
        foreach ((string key, string name, int ordinal) in named)
        {
            if (!Tcp.Segments.SegmentKind.Names.Contains(name))
            {
                throw new UsageException($"link: '{key}={name}#{ordinal}': the segments are {string.Join(", ", Tcp.Segments.SegmentKind.Names)}");
            }
        }

        return link;
    }

    // Of two values one would win without a word. A list of drops may go on; one direction may differ from what is said of both.
    private static void CheckKeys(string text)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? "" : word[..equals].TrimEnd();
            bool isList = Array.Exists((string[])["drop", "copy", "damage", "hold"], list => key.EndsWith(list, StringComparison.OrdinalIgnoreCase));
            if (equals > 0 && !isList && !seen.Add(key))
            {
                throw new UsageException($"link: '{key}' is there twice");
            }
        }
    }
}
