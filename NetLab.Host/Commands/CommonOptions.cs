using System.CommandLine;
using NetLab.Udp.Links;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary>Options that several verbs share: one name, one meaning, one way to be wrong.</summary>
internal static class CommonOptions
{
    public static Option<bool> AllowRemote() => new("--allow-remote")
    {
        Description = "Reach other machines than this one",
    };

    public static Option<ulong?> Seed() => new("--seed")
    {
        Description = "The seed of everything random; the one used is printed",
        HelpName = "N",
    };

    public static Option<string> Timeout(string fallback) => new("--timeout")
    {
        Description = "How long the peer may be silent",
        HelpName = "DURATION",
        DefaultValueFactory = _ => fallback,
    };

    /// <summary>A duration, or one line that says what is wrong with it.</summary>
    public static TimeSpan Duration(string text, string option) =>
        Quantity.TryParseDuration(text, out TimeSpan duration) && duration > TimeSpan.Zero
            ? duration
            : throw new UsageException($"{option} '{text}': a duration looks like 20ms, 1.5s or 2m, and is more than 0");

    /// <summary>A link string, or one line that says what is wrong with it.</summary>
    public static LinkDescription Link(string text)
    {
        if (!LinkDescription.TryParse(text, out LinkDescription link, out string? error))
        {
            throw new UsageException(error!);
        }

        foreach (ScriptedDrop drop in link.Up.Drops.Concat(link.Down.Drops))
        {
            if (!Tcp.Segments.SegmentKind.Names.Contains(drop.Name))
            {
                throw new UsageException($"link: 'drop={drop.Name}#{drop.Ordinal}': the segments are {string.Join(", ", Tcp.Segments.SegmentKind.Names)}");
            }
        }

        return link;
    }
}
