using System.CommandLine;
using System.Globalization;
using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab lab</c>: experiments whose laws are checked.</summary>
internal static class LabCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "An experiment; without one, what there is", Arity = ArgumentArity.ZeroOrOne, HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "Every experiment (those in virtual time), one after the other" };
        var check = new Option<bool>("--check") { Description = "One line a law; exit 1 if one does not hold" };
        var set = new Option<string[]>("--set") { Description = "A parameter of the experiment", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
        var seed = new Option<ulong>("--seed") { Description = "The first seed of everything random", DefaultValueFactory = _ => 1, HelpName = "N" };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds to run; laws in which chance has a part are judged by the mean", DefaultValueFactory = _ => 1, HelpName = "COUNT" };
        var broken = new Option<string?>("--break") { Description = "Break something on purpose: one of the experiment's mutations, by its words or its number", HelpName = "WHAT" };
        var output = new Option<string?>("--out") { Description = "Write the pictures into this folder, as SVG", HelpName = "DIR" };
        var report = new Option<string?>("--report") { Description = "Write one page with everything, which works offline", HelpName = "FILE.html" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("lab", "Experiments: predict, run, see, and check the law") { name, all, check, set, seed, seeds, broken, output, report, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(seeds) is < 1 or > 10_000)
            {
                throw new UsageException($"--seeds {parsed.GetValue(seeds)}: a count is 1 to 10000");
            }

            var settings = new Dictionary<string, string>();
            foreach (string word in parsed.GetRequiredValue(set))
            {
                int equals = word.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1)
                {
                    throw new UsageException($"--set {word}: it is NAME=VALUE");
                }

                if (!settings.TryAdd(word[..equals], word[(equals + 1)..]))
                {
                    throw new UsageException($"--set {word}: {word[..equals]} is set twice");
                }
            }

            OutputPath.Check(parsed.GetValue(report), "--report");
            OutputPath.CheckFolder(parsed.GetValue(output), "--out");
            IReadOnlyList<Experiment> chosen = Choose(parsed.GetValue(name), parsed.GetValue(all));
            if (chosen.Count == 0)
            {
                if (Array.Find<Option>([check, set, seed, seeds, broken, output, report], o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
                {
                    throw new UsageException($"{idle.Name}: of which experiment? nlab lab lists them, --all is all");
                }

                return Task.FromResult(LabOutput.List(parsed.GetValue(json)));
            }

            if (chosen.Count > 1 && (settings.Count > 0 || parsed.GetValue(broken) is not null || parsed.GetValue(report) is not null))
            {
                throw new UsageException("--set, --break and --report go with one experiment, not with --all");
            }

            if (ExperimentRunner.Wrong(chosen[0], settings) is { } wrong)
            {
                throw new UsageException("--set " + wrong);
            }

            if (chosen.Select(e => e.Missing).FirstOrDefault(m => m is not null) is { } missing)
            {
                throw new UsageException($"{chosen[0].Name}: {missing}");
            }

            var request = new LabRequest(
                chosen, settings, parsed.GetValue(seed), parsed.GetValue(seeds), Find(chosen[0], parsed.GetValue(broken)),
                parsed.GetValue(check), parsed.GetValue(json), parsed.GetValue(output), parsed.GetValue(report));
            return Task.Run(() => LabRun.Run(request, cancellationToken) ? ExitCode.Done : ExitCode.Failed, cancellationToken);
        });
        return command;
    }

    private static IReadOnlyList<Experiment> Choose(string? name, bool all)
    {
        if (all)
        {
            return name is null ? [.. ExperimentCatalog.All.Where(e => !e.IsReal)] : throw new UsageException($"--all is every experiment, and {name} one: it is either");
        }

        if (name is null)
        {
            return [];
        }

        string hint = ExperimentCatalog.Nearest(name) is { } near ? $"did you mean {near}?" : "nlab lab lists them";
        return ExperimentCatalog.Find(name) is { } found ? [found] : throw new UsageException($"there is no experiment '{name}': {hint}");
    }

    private static Mutation? Find(Experiment experiment, string? words)
    {
        if (words is null)
        {
            return null;
        }

        Mutation? found = int.TryParse(words, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= experiment.Mutations.Count
            ? experiment.Mutations[number - 1]
            : experiment.Mutations.FirstOrDefault(m => m.Name.Equals(words, StringComparison.OrdinalIgnoreCase));
        return found ?? throw new UsageException($"--break {words}: {experiment.Name} has {string.Join("; ", experiment.Mutations.Select((m, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1} {m.Name}")))}");
    }
}
