using System.Collections.Immutable;
using NetLab.Udp.Text;

namespace NetLab.Udp.Links;

/// <summary>Reads a schedule: what a link does from which moment on.</summary>
internal static class LinkScheduleParser
{
    // A step a second for a day, and some.
    private const int MaxSteps = 100_000;

    public static bool TryParse(string text, LinkDescription before, LinkTraceOpener? openTrace, out LinkDescription link, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        link = before;
        error = null;
        var up = ImmutableArray.CreateBuilder<LinkStep>();
        var down = ImmutableArray.CreateBuilder<LinkStep>();
        LinkDescription now = before;
        string? last = null;
        TimeSpan lastAt = TimeSpan.Zero;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int comment = lines[i].IndexOf('#', StringComparison.Ordinal);
            string line = comment == 0 || (comment > 0 && char.IsWhiteSpace(lines[i][comment - 1])) ? lines[i][..comment] : lines[i];
            foreach (string entry in line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                string where = $"schedule, line {i + 1}: ";
                int colon = entry.IndexOf(':', StringComparison.Ordinal);
                string time = (colon < 0 ? entry : entry[..colon]).Trim();
                if (colon < 0 || !Quantity.TryParseDuration(time, out TimeSpan at) || at > TimeSpan.FromDays(366))
                {
                    error = $"{where}'{time}': a step is a moment, a colon and what changes, such as 10s: loss=20%";
                    return false;
                }

                if (last is not null && at <= lastAt)
                {
                    error = $"{where}'{time}': goes back in time: {last} came before";
                    return false;
                }

                if (up.Count >= MaxSteps)
                {
                    error = $"{where}'{time}': more than {MaxSteps} steps";
                    return false;
                }

                if (entry.AsSpan(colon + 1).Trim().IsEmpty)
                {
                    error = $"{where}'{entry}': nothing changes then; a step is a moment, a colon and what changes, such as 10s: loss=20%";
                    return false;
                }

                if (!new LinkStringParser(openTrace).TryParse(entry[(colon + 1)..], now, out now, out error))
                {
                    error = where + error;
                    return false;
                }

                if (now.Seed != before.Seed)
                {
                    error = $"{where}'{time}': the seed is the whole link's";
                    return false;
                }

                (last, lastAt) = (time, at);
                if (at == TimeSpan.Zero)
                {
                    link = now;
                    continue;
                }

                up.Add(new LinkStep(at, now.Up));
                down.Add(new LinkStep(at, now.Down));
            }
        }

        if (last is null)
        {
            error = "schedule: '': there is no step in it, such as 10s: loss=20%";
            return false;
        }

        link = link with { Up = link.Up with { Steps = up.ToImmutable() }, Down = link.Down with { Steps = down.ToImmutable() } };
        return true;
    }
}
