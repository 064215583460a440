using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Reports;
using Xunit.Abstractions;

namespace NetLab.Host.Tests.Experiments;

/// <summary>The lessons on real sockets: their laws hold, and each way to break them breaks one.</summary>
public sealed class RealExperimentTests(ITestOutputHelper output)
{
    [CaptureFact]
    public void Loopback() => Check("loopback");

    [Fact]
    public void Updates() => Check("updates");

    [Fact]
    public void Kernel_nagle() => Check("nagle-kernel");

    [Fact]
    public void Every_real_lesson_is_checked_here() =>
        Assert.Equal(
            ["loopback", "nagle-kernel", .. KernelLessonTests.Lessons.Select(l => (string)l[0]), "updates"],
            ExperimentCatalog.All.Where(e => e.IsReal).Select(e => e.Name));

    private void Check(string name)
    {
        Experiment experiment = ExperimentCatalog.Find(name)!;
        ExperimentResult whole = ExperimentRunner.Run(experiment);
        Assert.All(whole.Laws, law => Assert.True(law.Holds, ExperimentText.Line(law)));
        Assert.NotEmpty(experiment.Mutations);
        foreach (Mutation mutation in experiment.Mutations)
        {
            string[] failed = [.. ExperimentRunner.Run(experiment, pictures: false, mutation: mutation).Laws.Where(l => !l.Holds).Select(l => l.Name)];
            output.WriteLine($"{name}  {mutation.Name}  {string.Join("; ", failed)}");
            Assert.True(failed.Length > 0, $"{name} × {mutation.Name}: no law fails");
        }
    }
}
