using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments.Reports;

/// <summary>What <c>nlab lab</c> was asked for.</summary>
/// <param name="Experiments">The experiments; at least one.</param>
/// <param name="Settings">Their parameters.</param>
/// <param name="Seed">The first seed.</param>
/// <param name="Seeds">How many seeds.</param>
/// <param name="Mutation">What to break on purpose; null for nothing.</param>
/// <param name="Check">Whether to print a line a law, and nothing else.</param>
/// <param name="Json">Whether to print a document instead.</param>
/// <param name="Folder">Where pictures go; null for nowhere.</param>
/// <param name="Report">The page to write; null for none.</param>
internal sealed record LabRequest(
    IReadOnlyList<Experiment> Experiments,
    IReadOnlyDictionary<string, string> Settings,
    ulong Seed,
    int Seeds,
    Mutation? Mutation,
    bool Check,
    bool Json,
    string? Folder,
    string? Report)
{
    /// <summary>The words that run it again, without options; null for those of nlab.</summary>
    public string? Again { get; init; }
}
