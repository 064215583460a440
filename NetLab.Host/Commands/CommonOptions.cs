using System.CommandLine;
using NetLab.Host.Settings;

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
    };

    public static Option<string?> Congestion() => new("--congestion")
    {
        Description = "Congestion control of NetLab's TCP: cubic, reno or bbr",
        HelpName = "NAME",
    };

    /// <summary>Sees that a congestion control is one, and has an effect.</summary>
    /// <exception cref="UsageException">It is not, or none of the addresses is NetLab's TCP.</exception>
    public static void CheckCongestion(string? name, params IEnumerable<LabAddress> addresses)
    {
        CongestionNames.Parse(name);
        if (name is not null && addresses.All(a => a.Transport != LabTransport.Tcp))
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
