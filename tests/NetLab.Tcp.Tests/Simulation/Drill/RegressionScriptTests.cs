using NetLab.Tcp.Simulation.Drill;

namespace NetLab.Tcp.Tests.Simulation.Drill;

/// <summary>The project's own scripts, and those that lie beside the project where it is built.</summary>
public sealed class RegressionScriptTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.pkt", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static TheoryData<string> Scripts => [.. Files.Select(f => Path.GetRelativePath(Folder, f))];

    public static string? FaultFolder
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                string faults = Path.Combine(folder.FullName, "shared", "faults", "tcp");
                if (Directory.Exists(faults))
                {
                    return faults;
                }
            }

            return null;
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_machine_does_what_the_script_says(string script) => Passes(Path.Combine(Folder, script), new DrillSettings());

    [Theory]
    [MemberData(nameof(Scripts))]
    public void It_does_the_same_where_sequence_numbers_wrap(string script) => Passes(Path.Combine(Folder, script), new DrillSettings { InitialSequence = uint.MaxValue - 700 });

    [FaultFolderFact]
    public void No_script_of_the_known_faults_differs()
    {
        IEnumerable<string> differences = Directory.EnumerateFiles(FaultFolder!, "*.pkt").Order(StringComparer.Ordinal)
            .Select(f => (File: Path.GetFileName(f), Result: DrillScript.Run(File.ReadAllText(f))))
            .Where(r => r.Result.Outcome != DrillOutcome.Passes)
            .Select(r => $"{r.File}:{r.Result.Line}: {r.Result.Message}");

        Assert.Empty(differences);
    }

    private static void Passes(string path, DrillSettings settings)
    {
        DrillResult result = DrillScript.Run(File.ReadAllText(path), settings);

        Assert.True(result.Outcome == DrillOutcome.Passes, $"{path}:{result.Line}: {result.Message}; expected {result.Expected}, actual {result.Actual}");
    }
}
