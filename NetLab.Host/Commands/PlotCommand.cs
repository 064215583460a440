using System.CommandLine;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Plots;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab plot FILE… --kind KIND -o FILE.svg</c>: saved runs over one another.</summary>
internal static class PlotCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Runs saved by nlab perf --save or --json, iperf3's JSON, flent's .flent.gz", Arity = ArgumentArity.OneOrMore };
        var kind = new Option<string>("--kind") { Description = $"What to draw: {Names}", HelpName = "KIND", DefaultValueFactory = _ => "throughput" };
        var output = new Option<FileInfo>("-o", "--output") { Description = "Where to: .svg, or .png (by rsvg-convert)", HelpName = "FILE", Required = true };
        var theme = new Option<string>("--theme") { Description = "light, dark, or auto: as whoever looks prefers", HelpName = "THEME", DefaultValueFactory = _ => "auto" };
        var command = new Command("plot", "Pictures of saved runs over one another, on one scale. Try: nlab perf --save a.json && nlab plot a.json -o a.svg") { files, kind, output, theme };
        command.SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(kind);
            if (!Enum.TryParse(name, ignoreCase: true, out RunPlotKind chosen) || !char.IsAsciiLetter(name[0]))
            {
                throw new UsageException($"--kind '{name}': {Names}");
            }

            ChartTheme colours = parsed.GetRequiredValue(theme) switch
            {
                "auto" => ChartTheme.Automatic,
                "light" => ChartTheme.Light,
                "dark" => ChartTheme.Dark,
                var other => throw new UsageException($"--theme '{other}': light, dark or auto"),
            };
            FileInfo file = parsed.GetRequiredValue(output);
            PictureFile.Check(file, "-o");
            RunSeries[] runs = [.. parsed.GetRequiredValue(files).SelectMany(RunReader.Read)];
            PictureFile.Write(file, RunPlot.Draw(runs, chosen, colours));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Names => string.Join(", ", Enum.GetNames<RunPlotKind>().Select(name => name.ToLowerInvariant()));
}
