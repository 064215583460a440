using System.Text.Json;
using NetLab.Host.Experiments;
using NetLab.Host.Experiments.Course;
using NetLab.Host.Experiments.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary>Lists experiments.</summary>
internal static class LabOutput
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Lists what there is.</summary>
    public static int List(bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { Experiments = ExperimentCatalog.All.Select(ExperimentDocument.Of) }, Json));
            return ExitCode.Done;
        }

        int width = ExperimentCatalog.All.Max(e => e.Name.Length);
        foreach (Experiment experiment in ExperimentCatalog.All)
        {
            string seconds = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{experiment.TypicalSeconds:0.0} s");
            Console.Out.WriteLine($"{experiment.Name.PadRight(width)}  {seconds,7}  {experiment.Title}{(experiment.IsReal ? " (real)" : "")}");
        }

        Console.Error.WriteLine("nlab lab NAME asks the question, runs it, and shows the figures beside the law.");
        return ExitCode.Done;
    }
}
