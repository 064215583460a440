using System.Globalization;
using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments;

/// <summary>Runs experiments.</summary>
public static class ExperimentRunner
{
    /// <summary>Runs an experiment once.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The seed of everything random.</param>
    /// <param name="settings">Parameters by name and text; null for their defaults.</param>
    /// <param name="pictures">Whether its pictures are wanted.</param>
    /// <param name="mutation">What to break on purpose; null for nothing.</param>
    /// <param name="runs">How many runs the laws are judged over, this one counted.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <exception cref="ArgumentException">A setting is unknown, or not in its range; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The run was ended early.</exception>
    public static ExperimentResult Run(
        Experiment experiment,
        ulong seed = 1,
        IReadOnlyDictionary<string, string>? settings = null,
        bool pictures = true,
        Mutation? mutation = null,
        int runs = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        settings ??= new Dictionary<string, string>();
        if (Wrong(experiment, settings) is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(settings));
        }

        var bench = new Bench(seed, settings, mutation, cancellationToken) { WantsPictures = pictures, Runs = runs };

        // A library that waits in virtual time goes on within the event that wakes it, which a context of the caller's would prevent.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            experiment.Run(bench);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return bench.Result(experiment);
    }

    /// <summary>Says in one line which setting is wrong and why; null if none is.</summary>
    public static string? Wrong(Experiment experiment, IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(settings);
        foreach ((string name, string value) in settings)
        {
            if (experiment.Parameters.FirstOrDefault(p => p.Name == name) is not { } parameter)
            {
                string there = experiment.Parameters.Count == 0 ? "it has none" : $"there are {string.Join(", ", experiment.Parameters.Select(p => p.Name))}";
                return $"{experiment.Name} has no parameter '{name}': {there}";
            }

            if (!parameter.IsValid(value))
            {
                return $"{name}={value}: {parameter.Description} is {parameter.Range}";
            }
        }

        return null;
    }

    /// <summary>
    /// The laws over several runs: of a random one the mean has to be in its band, of any other every run; what is shown of that is the
    /// run that is farthest off.
    /// </summary>
    /// <param name="runs">Runs of one experiment with different seeds; at least one.</param>
    public static IReadOnlyList<Law> Over(IReadOnlyList<ExperimentResult> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return [.. runs[0].Laws.Select((law, i) => Over([.. runs.Where(r => i < r.Laws.Count).Select(r => r.Laws[i])]))];
    }

    private static Law Over(IReadOnlyList<Law> laws)
    {
        if (laws[0].IsRandom)
        {
            return laws[0] with { Got = laws.Average(l => l.Got), Low = laws.Average(l => l.Low), High = laws.Average(l => l.High) };
        }

        return laws.MaxBy(l => Math.Max(l.Low - l.Got, l.Got - l.High))!;
    }

    /// <summary>The words that repeat a run.</summary>
    internal static string CommandOf(Experiment experiment, ulong seed, IReadOnlyDictionary<string, string> settings) =>
        $"nlab lab {experiment.Name}{OptionsOf(seed, settings)}";

    /// <summary>The options that repeat a run.</summary>
    internal static string OptionsOf(ulong seed, IReadOnlyDictionary<string, string> settings) =>
        string.Create(CultureInfo.InvariantCulture, $" --seed {seed}{string.Concat(settings.Select(s => $" --set {s.Key}={s.Value}"))}");
}
