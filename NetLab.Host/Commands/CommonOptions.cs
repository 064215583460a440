using System.CommandLine;
using NetLab.Host.Settings;
using NetLab.Udp.Links;

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

    public static Option<string?> LinkString() => new("--link")
    {
        Description = "An emulated link on the way, such as delay=20ms,loss=1%,rate=10M",
        HelpName = "LINK",
        Validators = { CheckLinkIsSaid },
    };

    /// <summary>An empty link string on a command line is a variable that nobody set.</summary>
    public static void CheckLinkIsSaid(System.CommandLine.Parsing.OptionResult link)
    {
        if (link is { Implicit: false, Tokens: [{ Value: var text }] } && string.IsNullOrWhiteSpace(text))
        {
            link.AddError("--link '': a link looks like delay=20ms,loss=1%");
        }
    }

    public static Option<string?> Congestion() => new("--congestion")
    {
        Description = "Congestion control of NetLab's TCP: cubic, reno or bbr",
        HelpName = "NAME",
    };

    /// <summary>The seed of a link: what it says itself, what --seed says, or one that is drawn.</summary>
    /// <exception cref="UsageException">Both say one.</exception>
    public static ulong SeedOf(LinkDescription? link, ulong? seed) => link?.Seed is { } own && seed is not null
        ? throw new UsageException($"--seed '{seed}': the link has its own, seed={own}")
        : link?.Seed ?? seed ?? Seeds.Draw();

    /// <summary>Sees that a congestion control is one, and has an effect.</summary>
    /// <exception cref="UsageException">It is not, or none of the addresses is NetLab's TCP.</exception>
    public static void CheckCongestion(string? name, params IEnumerable<LabAddress> addresses)
    {
        CongestionNames.Parse(name);
        if (name is not null && !addresses.Any(a => a.HasSegments))
        {
            throw new UsageException($"--congestion '{name}': is of NetLab's TCP, and {string.Join(", ", addresses)} has none");
        }
    }

    public static Option<string> Timeout(string fallback) => new("--timeout")
    {
        Description = "How long the peer may be silent",
        HelpName = "DURATION",
        DefaultValueFactory = _ => fallback,
    };
}
