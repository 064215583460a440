using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Reports;
using Xunit.Abstractions;

namespace NetLab.Host.Tests.Experiments;

/// <summary>
/// The laws of the experiments hold, and each of them can fail: what it is about is broken on purpose, and some law notices. All
/// in virtual time, from seeds.
/// </summary>
public sealed class ExperimentTests(ITestOutputHelper output)
{
    public static TheoryData<string> Virtual { get; } = [.. ExperimentCatalog.All.Where(e => !e.IsReal).Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Virtual))]
    public void Every_law_holds(string name)
    {
        Experiment experiment = ExperimentCatalog.Find(name)!;
        int runs = experiment.HasChance ? 10 : 1;
        ExperimentResult[] results = [.. Enumerable.Range(1, runs).Select(seed => ExperimentRunner.Run(experiment, (ulong)seed, pictures: seed == 1, runs: runs))];
        IReadOnlyList<Law> laws = ExperimentRunner.Over(results);
        foreach (Law law in laws)
        {
            output.WriteLine(ExperimentText.Line(law));
        }

        Assert.NotEmpty(laws);
        Assert.All(laws, law => Assert.True(law.Holds, ExperimentText.Line(law)));
        Assert.All(results[0].Pictures, picture => Assert.StartsWith("<svg", picture.Figure.ToSvg(), StringComparison.Ordinal));
    }

    [Fact]
    public void Each_broken_machine_breaks_a_law()
    {
        (Experiment Experiment, Mutation Mutation)[] all =
            [.. ExperimentCatalog.All.Where(e => !e.IsReal).SelectMany(e => e.Mutations.Select(m => (e, m)))];
        var failed = new string[all.Length][];
        var laws = new string[all.Length][];
        Parallel.For(0, all.Length, i =>
        {
            // Over ten runs, as short as those that are judged together.
            ExperimentResult result = ExperimentRunner.Run(all[i].Experiment, 1, pictures: false, mutation: all[i].Mutation, runs: 10);
            failed[i] = [.. result.Laws.Where(l => !l.Holds).Select(l => l.Name)];
            laws[i] = [.. result.Laws.Select(l => l.Name)];
        });

        // The table of experiment and mutation: which laws notice.
        int width = all.Max(a => a.Experiment.Name.Length);
        int words = all.Max(a => a.Mutation.Name.Length);
        foreach (((Experiment experiment, Mutation mutation), string[] broken) in all.Zip(failed))
        {
            output.WriteLine($"{experiment.Name.PadRight(width)}  {mutation.Name.PadRight(words)}  {(broken.Length == 0 ? "NOTHING FAILS" : string.Join("; ", broken))}");
        }

        Assert.All(all.Zip(failed), row => Assert.True(row.Second.Length > 0, $"{row.First.Experiment.Name} × {row.First.Mutation.Name}: no law fails"));

        // And the other way: no law holds whatever is done.
        Assert.Equal(ExperimentCatalog.All.Where(e => !e.IsReal), all.Select(a => a.Experiment).Distinct());
        string[] unbroken = [.. all.Select((a, i) => (a.Experiment, i)).GroupBy(a => a.Experiment).SelectMany(group =>
            group.SelectMany(a => laws[a.i]).Except(group.SelectMany(a => failed[a.i])).Select(law => $"{group.Key.Name}: {law}"))];
        Assert.True(unbroken.Length == 0, "no mutation breaks: " + string.Join("; ", unbroken));
    }

    [Fact]
    public void The_same_seed_gives_the_same_pictures_to_the_byte()
    {
        Experiment experiment = ExperimentCatalog.Find("three-repairs")!;
        string[] first = [.. ExperimentRunner.Run(experiment, 7).Pictures.Select(p => p.Figure.ToSvg())];
        string[] second = [.. ExperimentRunner.Run(experiment, 7).Pictures.Select(p => p.Figure.ToSvg())];
        Assert.NotEmpty(first);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Every_experiment_says_what_it_is_and_can_be_broken()
    {
        Assert.Equal(ExperimentCatalog.All.Count, ExperimentCatalog.All.Select(e => e.Name).Distinct().Count());
        Assert.All(ExperimentCatalog.All, e =>
        {
            Assert.Matches("^[a-z0-9-]+$", e.Name);
            Assert.EndsWith("?", e.Question.TrimEnd('.'), StringComparison.Ordinal);
            Assert.NotEmpty(e.Sources);
            Assert.NotEmpty(e.Explanation);
            Assert.True(e.IsReal || e.Mutations.Count > 0, e.Name);
        });
    }

    [Theory]
    [InlineData("loss", "no parameter 'loss'")]
    [InlineData("delay=-1ms", "one-way delay is 1ms to 10s")]
    [InlineData("delay=soon", "one-way delay is 1ms to 10s")]
    public void A_wrong_setting_is_named(string setting, string said)
    {
        string[] parts = setting.Split('=');
        string? wrong = ExperimentRunner.Wrong(ExperimentCatalog.Find("handshake")!, new Dictionary<string, string> { [parts[0]] = parts.ElementAtOrDefault(1) ?? "" });
        Assert.Contains(said, wrong, StringComparison.Ordinal);
    }
}
