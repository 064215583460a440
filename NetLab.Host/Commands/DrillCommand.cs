using System.CommandLine;
using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Host.Drills;
using NetLab.Host.Settings;
using NetLab.Osi.Decoding;
using NetLab.Tcp.Simulation.Drill;
using NetLab.Tcp.Simulation.Drill.Recording;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab drill FILE|FOLDER…</c>: packetdrill scripts on NetLab's TCP, in virtual time.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("path") { Description = "Scripts, and folders of scripts (*.pkt)", Arity = ArgumentArity.ZeroOrMore, HelpName = "FILE|FOLDER" };
        var lenient = new Option<bool>("--lenient") { Description = "Let more and earlier acknowledgments pass, and other cuts of the same bytes into segments" };
        var tolerance = new Option<string?>("--tolerance") { Description = "How far a moment may be from the script's (what the script says, else 4ms)", HelpName = "DURATION" };
        var isn = new Option<uint?>("--isn") { Description = "Where both sides' sequence numbers begin, such as 4294967000 to cross the wrap", HelpName = "N" };
        var like = new Option<string?>("--like") { Description = "Whose defaults hold (what the script looks like)", HelpName = "SYSTEM" };
        like.CompletionSources.Add("linux", "freebsd");
        var from = new Option<string?>("--from") { Description = "Turn a recorded connection into a script instead, on standard output", HelpName = "CAPTURE" };
        var stream = new Option<int>("--stream") { Description = "Which connection of the capture, as decode numbers them", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("drill", "Run packetdrill scripts on NetLab's TCP in virtual time: does it do what they say?") { paths, lenient, tolerance, isn, like, json, from, stream };
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new DrillSettings
            {
                Lenient = parsed.GetValue(lenient),
                Tolerance = ToleranceOf(parsed.GetValue(tolerance)),
                InitialSequence = parsed.GetValue(isn),
                Like = parsed.GetValue(like) switch { "linux" => DrillSystem.Linux, "freebsd" => DrillSystem.FreeBsd, null => null, var other => throw new UsageException($"--like '{other}': linux or freebsd") },
            };
            string[] named = parsed.GetValue(paths) ?? [];
            if (parsed.GetValue(from) is { } capture)
            {
                IdleOptions.Refuse(parsed, "--from writes a script and runs none", from, stream);
                return named.Length == 0
                    ? Task.Run(() => WriteScript(capture, parsed.GetValue(stream), cancellationToken), cancellationToken).WaitAsync(cancellationToken)
                    : throw new UsageException($"'{named[0]}': --from writes a script and runs none");
            }

            if (named.Length == 0)
            {
                throw new UsageException("nlab drill: a script, a folder, or --from CAPTURE is needed");
            }

            if (parsed.GetResult(stream) is { Implicit: false })
            {
                throw new UsageException("--stream: is a connection of the capture that --from names");
            }

            IReadOnlyList<DrillFile> files = DrillFiles.Find(named);
            return Task.Run(
                () =>
                {
                    IReadOnlyList<DrillVerdict> verdicts = DrillFiles.Run(files, settings, cancellationToken);
                    return parsed.GetValue(json) ? DrillReport.WriteJson(verdicts) : DrillReport.Write(verdicts);
                },
                cancellationToken).WaitAsync(cancellationToken);
        });
        return command;
    }

    private static int WriteScript(string capture, int stream, CancellationToken cancellationToken)
    {
        if (!File.Exists(capture))
        {
            throw new UsageException($"--from '{capture}': no such file");
        }

        if (stream < 0)
        {
            throw new UsageException($"--stream {stream}: a number is not negative");
        }

        var connection = new RecordedConnection(stream);
        IReadOnlyList<RecordedSegment> segments = connection.Read(new CaptureInput(capture, BuiltInProtocols.Registry, null, null), cancellationToken);
        (string script, DrillResult result) = DrillRecording.ToScript(segments);
        Console.Out.Write(script);
        if (connection.IsCut)
        {
            Console.Error.WriteLine($"nlab: the connection is longer than a script can be: its first {segments.Count} segments are written");
        }

        Console.Error.WriteLine(result.Outcome == DrillOutcome.Passes
            ? "nlab: NetLab's TCP does what was recorded"
            : string.Create(CultureInfo.InvariantCulture, $"nlab: NetLab's TCP does something else in line {result.Line}: {result.Message}"));
        return ExitCode.Done;
    }

    private static TimeSpan? ToleranceOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return Udp.Text.Quantity.TryParseDuration(text, out TimeSpan tolerance) && tolerance >= TimeSpan.Zero
            ? tolerance
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--tolerance {text}: a duration is a number and a unit, as in 4ms"));
    }
}
