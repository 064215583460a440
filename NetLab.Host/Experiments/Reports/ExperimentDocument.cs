namespace NetLab.Host.Experiments.Reports;

/// <summary>Experiments and their results as documents of JSON.</summary>
internal static class ExperimentDocument
{
    /// <summary>What an experiment is.</summary>
    public static object Of(Experiment experiment) => new
    {
        experiment.Name,
        experiment.Title,
        experiment.Summary,
        experiment.Question,
        Real = experiment.IsReal,
        Seconds = experiment.TypicalSeconds,
        Parameters = experiment.Parameters.Select(p => new { p.Name, p.Description, p.Default, p.Range }),
        Mutations = experiment.Mutations.Select(m => m.Name),
        experiment.Explanation,
        experiment.Sources,
    };

    /// <summary>What came out.</summary>
    public static object Of(IReadOnlyList<ExperimentResult> runs, IReadOnlyList<Law> laws, IReadOnlyList<string> files) => new
    {
        Schema = "netlab.lab/1",
        runs[0].Experiment.Name,
        runs[0].Experiment.Title,
        runs[0].Experiment.Question,
        runs[0].Seed,
        Seeds = runs.Count,
        runs[0].Settings,
        Holds = laws.All(l => l.Holds),
        Laws = laws.Select(l => new { l.Name, l.Unit, l.Expected, l.Low, High = double.IsFinite(l.High) ? l.High : (double?)null, l.Got, l.Holds, Random = l.IsRandom, l.Source }),
        runs[0].Measures,
        Bounds = ExperimentText.Bounds(runs[0].Networks).Select(b => new { b.Flow, b.Limits }),
        Pictures = files,
        runs[0].Experiment.Explanation,
        runs[0].Experiment.Sources,
        Command = ExperimentRunner.CommandOf(runs[0].Experiment, runs[0].Seed, runs[0].Settings),
    };
}
