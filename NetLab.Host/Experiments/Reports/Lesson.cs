using System.Globalization;
using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments.Reports;

/// <summary>An experiment as a program of its own: what <c>nlab lab NAME</c> is to those that nlab has.</summary>
public static class Lesson
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Usage = 2;
    private const int MaxSeeds = 10_000;
    private const string Options = "--check, --json, --seed N, --seeds COUNT, --set NAME=VALUE, --break NUMBER, --out DIR, --report FILE.html";

    /// <summary>Asks the question, runs the experiment, and shows the figures beside the laws.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="args">Options as <c>nlab lab</c> has them.</param>
    /// <returns>The exit code: 0 done; 1 a law does not hold, and <c>--check</c> was asked for; 2 an option is wrong, which standard error says in a line.</returns>
    public static int Run(Experiment experiment, string[] args)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(args);
        try
        {
            return LabRun.Run(Read(experiment, args), CancellationToken.None) ? Done : Failed;
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine(error.Message.ReplaceLineEndings(" "));
            return Usage;
        }
    }

    private static LabRequest Read(Experiment experiment, string[] args)
    {
        var settings = new Dictionary<string, string>();
        var request = new LabRequest([experiment], settings, 1, 1, null, false, false, null, null) { Again = "dotnet run lesson.cs --" };
        for (int i = 0; i < args.Length; i++)
        {
            string option = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{option}: a value is missing");
            request = option switch
            {
                "--check" => request with { Check = true },
                "--json" => request with { Json = true },
                "--seed" => request with { Seed = Number(Value(), option, ulong.MaxValue) },
                "--seeds" => request with { Seeds = (int)Number(Value(), option, MaxSeeds) },
                "--out" => request with { Folder = Value() },
                "--report" => request with { Report = Value() },
                "--break" => request with { Mutation = Broken(experiment, Value()) },
                "--set" when Value().Split('=', 2) is [{ Length: > 0 } name, var value] => Set(name, value),
                "--set" => throw new ArgumentException($"--set {args[i]}: it is NAME=VALUE"),
                _ => throw new ArgumentException($"'{option}': the options are {Options}"),
            };
        }

        return ExperimentRunner.Wrong(experiment, settings) is { } wrong ? throw new ArgumentException("--set " + wrong) : request;

        LabRequest Set(string name, string value)
        {
            settings[name] = value;
            return request;
        }
    }

    private static ulong Number(string text, string option, ulong max) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= 1 && number <= max
            ? number
            : throw new ArgumentException($"{option} {text}: 1 to {max}");

    private static Mutation Broken(Experiment experiment, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= experiment.Mutations.Count
        ? experiment.Mutations[number - 1]
        : throw new ArgumentException($"--break {text}: {experiment.Name} has {experiment.Mutations.Count}: {string.Join("; ", experiment.Mutations.Select(m => m.Name))}");
}
