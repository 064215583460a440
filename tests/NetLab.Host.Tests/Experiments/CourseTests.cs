using System.Text.RegularExpressions;
using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Reports;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Experiments;

/// <summary>The course's README says what comes out, and names every lesson there is.</summary>
public sealed partial class CourseTests
{
    private static string Text { get; } = File.ReadAllText(Path.Combine(Folders.Root, "NetLab.Host", "Experiments", "README.md"));

    [Fact]
    public void Every_figure_is_what_its_command_gives()
    {
        Match[] lines = Figure().Matches(Text).ToArray();
        Assert.InRange(lines.Length, 20, 100);
        Assert.All(lines.GroupBy(l => (l.Groups["name"].Value, l.Groups["set"].Value)), group =>
        {
            Dictionary<string, string> settings = [];
            if (group.Key.Item2.Split('=', 2) is [{ Length: > 0 } key, var value])
            {
                settings[key] = value;
            }

            Experiment? experiment = ExperimentCatalog.Find(group.Key.Item1);
            Assert.NotNull(experiment);
            ExperimentResult run = ExperimentRunner.Run(experiment, 1, settings, pictures: false);
            Assert.All(group, line => Assert.Equal(
                line.Groups["got"].Value.Trim(),
                run.Laws.Where(l => l.Name == line.Groups["law"].Value).Select(l => ExperimentText.Quantity(l.Got, l.Unit, l.IsStatement)).FirstOrDefault($"no law '{line.Groups["law"].Value}'")));
        });
    }

    [Fact]
    public void Every_lesson_has_its_hour()
    {
        string table = Text[Text.IndexOf("| hour |", StringComparison.Ordinal)..Text.IndexOf("## Figures", StringComparison.Ordinal)];
        Assert.All(ExperimentCatalog.All, e => Assert.Contains($"`{e.Name}`", table, StringComparison.Ordinal));
        Assert.All(Named().Matches(table).Select(m => m.Groups[1].Value).Where(n => !n.StartsWith("nlab", StringComparison.Ordinal)), n => Assert.NotNull(ExperimentCatalog.Find(n)));
    }

    [GeneratedRegex(@"^    nlab lab (?<name>[a-z-]+)(?: --set (?<set>\S+))? {2,}(?<law>.+): (?<got>[^:\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Figure();

    // The second column's.
    [GeneratedRegex(@"(?<=\| \d+ \|[^|]*)`([a-z-]+)`(?=[^|]*\|[^|]*\|[^|]*\|)")]
    private static partial Regex Named();
}
