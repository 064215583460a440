using System.Globalization;
using System.Text.Json;
using NetLab.Host.Settings;
using NetLab.Tcp.Simulation.Drill;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Host.Drills;

/// <summary>What scripts came to: of one, the whole; of several, a line for each that does not pass, and a table by folder.</summary>
internal static class DrillReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>For people.</summary>
    /// <returns>How the process ends.</returns>
    public static int Write(IReadOnlyList<DrillVerdict> verdicts)
    {
        if (verdicts.Count == 1)
        {
            WriteOne(verdicts[0]);
        }
        else
        {
            WriteAll(verdicts);
        }

        return ExitOf(verdicts);
    }

    /// <summary>For programs.</summary>
    /// <returns>How the process ends.</returns>
    public static int WriteJson(IReadOnlyList<DrillVerdict> verdicts)
    {
        var document = new
        {
            Scripts = verdicts.Select(v => new
            {
                File = v.File.Path,
                v.File.Folder,
                Outcome = NameOf(v.Result.Outcome),
                Line = v.Result.Line == 0 ? (int?)null : v.Result.Line,
                Reason = v.Result.Message,
                v.Result.Expected,
                v.Result.Actual,
                Like = v.Result.System == DrillSystem.FreeBsd ? "freebsd" : "linux",
            }),
            Folders = verdicts.GroupBy(v => v.File.Folder).Select(g => new { Folder = g.Key, Pass = Count(g, DrillOutcome.Passes), Differ = Count(g, DrillOutcome.Differs), Cannot = Count(g, DrillOutcome.CannotExpress) }),
            Total = new { Pass = Count(verdicts, DrillOutcome.Passes), Differ = Count(verdicts, DrillOutcome.Differs), Cannot = Count(verdicts, DrillOutcome.CannotExpress) },
        };
        Console.Out.WriteLine(JsonSerializer.Serialize(document, Json));
        return ExitOf(verdicts);
    }

    private static void WriteOne(DrillVerdict verdict)
    {
        DrillResult result = verdict.Result;
        Console.Out.WriteLine(LineOf(verdict));
        if (result.Outcome != DrillOutcome.Differs)
        {
            return;
        }

        foreach (string line in DrillLadder.Draw(result))
        {
            Console.Out.WriteLine(line);
        }

        Console.Out.WriteLine($"expected  {(result.Expected.Length > 0 ? result.Expected : "-")}");
        Console.Out.WriteLine($"actual    {(result.Actual.Length > 0 ? result.Actual : "nothing")}");
    }

    private static void WriteAll(IReadOnlyList<DrillVerdict> verdicts)
    {
        foreach (DrillVerdict verdict in verdicts.Where(v => v.Result.Outcome != DrillOutcome.Passes))
        {
            Console.Out.WriteLine(LineOf(verdict));
        }

        Console.Out.WriteLine($"{"pass",6}  {"differ",6}  {"cannot",6}  folder");
        foreach (IGrouping<string, DrillVerdict> folder in verdicts.GroupBy(v => v.File.Folder))
        {
            Console.Out.WriteLine(RowOf(folder.Key, folder));
        }

        if (verdicts.DistinctBy(v => v.File.Folder).Skip(1).Any())
        {
            Console.Out.WriteLine(RowOf("all", verdicts));
        }
    }

    private static string LineOf(DrillVerdict verdict)
    {
        DrillResult result = verdict.Result;
        return result.Outcome == DrillOutcome.Passes
            ? $"{NameOf(result.Outcome)}  {verdict.File.Path}"
            : string.Create(CultureInfo.InvariantCulture, $"{NameOf(result.Outcome)}  {verdict.File.Path}:{result.Line}: {result.Message}");
    }

    private static string RowOf(string folder, IEnumerable<DrillVerdict> verdicts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count(verdicts, DrillOutcome.Passes),6}  {Count(verdicts, DrillOutcome.Differs),6}  {Count(verdicts, DrillOutcome.CannotExpress),6}  {folder}");

    private static int Count(IEnumerable<DrillVerdict> verdicts, DrillOutcome outcome) => verdicts.Count(v => v.Result.Outcome == outcome);

    private static string NameOf(DrillOutcome outcome) => outcome switch
    {
        DrillOutcome.Passes => "pass",
        DrillOutcome.Differs => "differ",
        _ => "cannot",
    };

    // A difference says more than a script that could not be run.
    private static int ExitOf(IReadOnlyList<DrillVerdict> verdicts) =>
        Count(verdicts, DrillOutcome.Differs) > 0 ? ExitCode.Failed : Count(verdicts, DrillOutcome.CannotExpress) > 0 ? ExitCode.Usage : ExitCode.Done;
}
