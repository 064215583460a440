using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Flows.Traces;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Plots;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Decoding;

namespace NetLab.Host.Commands;

/// <summary><c>nlab plot FILE… --kind KIND -o FILE.svg</c>: saved runs over one another, or a connection of a qlog file or a capture.</summary>
internal static class PlotCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Runs saved by nlab perf --save or --json, iperf3's JSON, flent's .flent.gz, or a folder of them; or one qlog file (--qlog), or one capture", Arity = ArgumentArity.OneOrMore };
        var kind = new Option<string?>("--kind") { Description = $"What to draw. Of runs: {NamesOf<RunPlotKind>()} (throughput if not given; latency of nlab perf --latency). Of a qlog file or a capture: {NamesOf<FlowPlotKind>()} (sequence if not given)", HelpName = "KIND" };
        var stream = new Option<int>("--stream") { Description = "Which connection of a qlog file or a capture, from 0", HelpName = "N" };
        var output = new Option<FileInfo>("-o", "--output") { Description = "Where to: .svg, or .png (by rsvg-convert)", HelpName = "FILE", Required = true };
        var theme = new Option<string>("--theme") { Description = "light, dark, or auto: as whoever looks prefers", HelpName = "THEME", DefaultValueFactory = _ => "auto" };
        var command = new Command("plot", "Pictures of saved runs over one another, on one scale; or of a connection of a qlog file or a capture. Try: nlab perf --save a.json && nlab plot a.json -o a.svg") { files, kind, stream, output, theme };
        command.SetAction((parsed, cancellationToken) =>
        {
            string[] paths = parsed.GetRequiredValue(files);
            string? name = parsed.GetValue(kind);
            ChartTheme colours = parsed.GetRequiredValue(theme) switch
            {
                "auto" => ChartTheme.Automatic,
                "light" => ChartTheme.Light,
                "dark" => ChartTheme.Dark,
                var other => throw new UsageException($"--theme '{other}': light, dark or auto"),
            };
            int number = parsed.GetValue(stream);
            if (number < 0)
            {
                throw new UsageException($"--stream {number}: a connection's number is 0 or more");
            }

            FileInfo file = parsed.GetRequiredValue(output);
            PictureFile.Check(file, "-o");
            return Task.Run(() => Run(paths, name, number, file, colours, parsed.GetResult(stream) is { Implicit: false }, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static int Run(string[] paths, string? kind, int stream, FileInfo file, ChartTheme theme, bool namesStream, CancellationToken cancellationToken)
    {
        string? traced = Array.Find(paths, path => File.Exists(path) && (QlogReader.IsQlog(path) || CaptureInput.IsCapture(path)));
        if (traced is null)
        {
            if (namesStream)
            {
                throw new UsageException($"--stream: '{paths[0]}' is neither a qlog file nor a capture");
            }

            RunPlotKind? asked = kind is null ? null : Parse<RunPlotKind>(kind);
            RunSeries[] runs = [.. paths.SelectMany(RunReader.Read)];
            RunPlotKind chosen = asked ?? (Array.TrueForAll(runs, run => run.Distribution.Count > 0) ? RunPlotKind.Latency : RunPlotKind.Throughput);
            PictureFile.Write(file, RunPlot.Draw(runs, chosen, theme));
            return ExitCode.Done;
        }

        if (paths.Length > 1)
        {
            throw new UsageException($"'{traced}': a picture of a connection is of one file, and there are {paths.Length}");
        }

        FlowPlotKind wanted = Parse<FlowPlotKind>(kind ?? "sequence");
        (int exit, TracedConnection connection) = QlogReader.IsQlog(traced)
            ? (ExitCode.Done, QlogReader.Read(traced, stream, cancellationToken))
            : new CaptureTraceReader(stream).Read(new CaptureInput(traced, BuiltInProtocols.Registry, null, null), cancellationToken);
        PictureFile.Write(file, FlowPlot.Draw(connection, wanted, traced, theme));
        if (connection.Notice.Length > 0)
        {
            Console.Error.WriteLine($"nlab: {connection.Notice}");
        }

        return exit;
    }

    private static T Parse<T>(string name)
        where T : struct, Enum => Enum.TryParse(name, ignoreCase: true, out T chosen) && char.IsAsciiLetter(name[0]) ? chosen : throw new UsageException($"--kind '{name}': {NamesOf<T>()}");

    private static string NamesOf<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
}
