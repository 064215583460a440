using System.Globalization;
using System.Text.Json;

namespace NetLab.Host.Experiments.Reports;

/// <summary>Runs experiments and prints what comes out.</summary>
internal static class LabRun
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Runs them.</summary>
    /// <returns>Whether every law holds, or nobody asked.</returns>
    public static bool Run(LabRequest request, CancellationToken cancellationToken)
    {
        bool holds = true;
        var documents = new List<object>();
        using var queue = new RunQueue(request, cancellationToken);
        foreach (Experiment experiment in request.Experiments)
        {
            if (!request.Check && !request.Json)
            {
                Print(ExperimentText.Before(experiment));
                Console.Out.WriteLine();
            }

            (IReadOnlyList<ExperimentResult> runs, TimeSpan work) = queue.Take(experiment);
            IReadOnlyList<Law> laws = ExperimentRunner.Over(runs);
            holds &= laws.All(l => l.Holds);
            IReadOnlyList<string> files = WritePictures(request, runs[0]);
            if (request.Report is { } page)
            {
                File.WriteAllText(page, ExperimentReport.Write(runs[0], laws));
                files = [.. files, page];
            }

            if (request.Json)
            {
                documents.Add(ExperimentDocument.Of(runs, laws, files));
            }
            else if (request.Check)
            {
                string time = string.Create(CultureInfo.InvariantCulture, $"{work.TotalSeconds:F1} s");
                Console.Out.WriteLine($"{experiment.Name}: {laws.Count(l => l.Holds)} of {laws.Count} laws hold ({time}, {runs.Count} {(runs.Count == 1 ? "run" : "runs")})");
                foreach (Law law in laws.Where(l => request.Experiments.Count == 1 || !l.Holds))
                {
                    Console.Out.WriteLine("  " + ExperimentText.Line(law));
                }
            }
            else
            {
                PrintResult(runs[0], laws, files, request.Again);
            }
        }

        if (request.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(documents.Count == 1 ? documents[0] : new { Experiments = documents }, Json));
        }

        return holds || !request.Check;
    }

    private static IReadOnlyList<string> WritePictures(LabRequest request, ExperimentResult run)
    {
        if (request.Folder is not { } folder)
        {
            return [];
        }

        Directory.CreateDirectory(folder);
        var files = new List<string>();
        foreach (Picture picture in run.Pictures)
        {
            string file = Path.Combine(folder, $"{run.Experiment.Name}-{picture.Name}.svg");
            File.WriteAllText(file, picture.Figure.ToSvg());
            files.Add(file);
        }

        return files;
    }

    private static void PrintResult(ExperimentResult run, IReadOnlyList<Law> laws, IReadOnlyList<string> files, string? again)
    {
        foreach ((string title, IReadOnlyList<string> lines) in run.Ladders)
        {
            Console.Out.WriteLine(title + ":");
            Print(lines);
            Console.Out.WriteLine();
        }

        Print(ExperimentText.Laws(laws, run.Measures));
        Print(ExperimentText.BoundLines(ExperimentText.Bounds(run.Networks)));
        Console.Out.WriteLine();
        Print(ExperimentText.After(run.Experiment));
        foreach (string file in files)
        {
            Console.Out.WriteLine("written: " + file);
        }

        Console.Out.WriteLine($"again: {again ?? $"nlab lab {run.Experiment.Name}"}{ExperimentRunner.OptionsOf(run.Seed, run.Settings)}");
    }

    private static void Print(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.Out.WriteLine(line);
        }
    }
}
