using System.Diagnostics;
using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Reports;
using NetLab.Host.Tests.Relays;
using Xunit.Abstractions;

namespace NetLab.Host.Tests.Experiments;

/// <summary>The kernel's TCP beside NetLab's through the same link: the laws hold, a broken one is noticed, and nothing is left behind.</summary>
[Collection(nameof(RealNetworks))]
public sealed class KernelLessonTests(ITestOutputHelper output)
{
    /// <summary>The lessons, and seconds that are enough to see them broken.</summary>
    public static TheoryData<string, int> Lessons { get; } = new()
    {
        { "response-kernel", 3 },
        { "loss-kernel", 3 },
        { "bufferbloat-kernel", 3 },
        { "aqm-kernel", 3 },
        { "cubic-curve-kernel", 8 },
        { "fairness-kernel", 8 },
    };

    [TunTheory]
    [MemberData(nameof(Lessons))]
    public void The_laws_hold_and_a_broken_one_is_noticed(string name, int seconds)
    {
        Experiment experiment = ExperimentCatalog.Find(name)!;
        ExperimentResult whole = ExperimentRunner.Run(experiment);
        output.WriteLine(string.Join('\n', whole.Laws.Select(ExperimentText.Line)));
        Assert.All(whole.Laws, law => Assert.True(law.Holds, ExperimentText.Line(law)));
        Assert.All(whole.Pictures, picture => Assert.StartsWith("<svg", picture.Figure.ToSvg(), StringComparison.Ordinal));
        var settings = new Dictionary<string, string> { ["seconds"] = $"{seconds}" };
        foreach (Mutation mutation in experiment.Mutations)
        {
            string[] failed = [.. ExperimentRunner.Run(experiment, settings: settings, pictures: false, mutation: mutation).Laws.Where(l => !l.Holds).Select(l => l.Name)];
            output.WriteLine($"{name}  {mutation.Name}  {string.Join("; ", failed)}");
            Assert.True(failed.Length > 0, $"{name} × {mutation.Name}: no law fails");
        }

        Assert.DoesNotContain(Directory.EnumerateFiles("/run/netns"), f => Path.GetFileName(f).StartsWith($"nlab-lab-{Environment.ProcessId}-", StringComparison.Ordinal));
    }

    /// <summary>Without the right there is one line that names it, and no more.</summary>
    [TunFact]
    public async Task Without_the_right_it_is_one_line()
    {
        using Process nlab = Process.Start(new ProcessStartInfo(
            "setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "dotnet", Path.Combine(AppContext.BaseDirectory, "nlab.dll"), "lab", "bufferbloat-kernel"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = nlab.StandardOutput.ReadToEndAsync();
        string errors = await nlab.StandardError.ReadToEndAsync();
        await nlab.WaitForExitAsync();
        Assert.Equal(("", 2), (await output, nlab.ExitCode));
        Assert.StartsWith("nlab: bufferbloat-kernel: needs root, or CAP_SYS_ADMIN and CAP_NET_ADMIN", Assert.Single(errors.Trim().Split('\n')), StringComparison.Ordinal);
    }
}
