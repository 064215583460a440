using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments;

/// <summary>What came out of one run of an experiment.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Seed">The seed of everything random in it.</param>
/// <param name="Settings">The parameters that were set, by name; the others had their defaults.</param>
/// <param name="Measures">The figures, in the order in which they were taken.</param>
/// <param name="Laws">The laws, in the order in which they were judged.</param>
/// <param name="Pictures">The pictures.</param>
/// <param name="Ladders">Conversations as text, each with its title.</param>
/// <param name="Networks">The networks with their logs.</param>
public sealed record ExperimentResult(
    Experiment Experiment,
    ulong Seed,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<Measure> Measures,
    IReadOnlyList<Law> Laws,
    IReadOnlyList<Picture> Pictures,
    IReadOnlyList<(string Title, IReadOnlyList<string> Lines)> Ladders,
    IReadOnlyList<LabNetwork> Networks)
{
    /// <summary>Whether every law holds.</summary>
    public bool Holds => Laws.All(l => l.Holds);
}
