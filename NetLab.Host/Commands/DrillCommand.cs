using System.CommandLine;
using System.Globalization;
using NetLab.Host.Drills;
using NetLab.Host.Settings;
using NetLab.Tcp.Simulation.Drill;

namespace NetLab.Host.Commands;

/// <summary><c>nlab drill FILE|FOLDER…</c>: packetdrill scripts on NetLab's TCP, in virtual time.</summary>
internal static class DrillCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("path") { Description = "Scripts, and folders of scripts (*.pkt)", Arity = ArgumentArity.OneOrMore, HelpName = "FILE|FOLDER" };
        var lenient = new Option<bool>("--lenient") { Description = "Let more and earlier acknowledgments pass, and other cuts of the same bytes into segments" };
        var tolerance = new Option<string?>("--tolerance") { Description = "How far a moment may be from the script's (what the script says, else 4ms)", HelpName = "DURATION" };
        var isn = new Option<uint?>("--isn") { Description = "Where both sides' sequence numbers begin, such as 4294967000 to cross the wrap", HelpName = "N" };
        var like = new Option<string?>("--like") { Description = "Whose defaults hold (what the script looks like)", HelpName = "SYSTEM" };
        like.AcceptOnlyFromAmong("linux", "freebsd");
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("drill", "Run packetdrill scripts on NetLab's TCP in virtual time: does it do what they say?") { paths, lenient, tolerance, isn, like, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new DrillSettings
            {
                Lenient = parsed.GetValue(lenient),
                Tolerance = ToleranceOf(parsed.GetValue(tolerance)),
                InitialSequence = parsed.GetValue(isn),
                Like = parsed.GetValue(like) switch { "linux" => DrillSystem.Linux, "freebsd" => DrillSystem.FreeBsd, _ => null },
            };
            IReadOnlyList<DrillFile> files = DrillFiles.Find(parsed.GetRequiredValue(paths));
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
