using System.CommandLine;

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
}
