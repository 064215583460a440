using System.CommandLine;
using NetLab.Host.Demo;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary><c>nlab demo</c>: the main job in one command.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Where the recordings and received files go", HelpName = "DIR", DefaultValueFactory = _ => "demo-out" };
        var file = new Option<FileInfo?>("--file") { Description = "The file to send; a made-up one if not given", HelpName = "FILE" };
        var link = new Option<string>("--link") { Description = "The link between the two ends", HelpName = "LINK", DefaultValueFactory = _ => "delay=10ms,loss=2%" };
        Option<ulong?> seed = CommonOptions.Seed();
        Option<FileInfo?> pcap = CommonOptions.Pcap();
        Option<FileInfo?> pcapAsTcp = CommonOptions.PcapAsTcp();
        var command = new Command("demo", "Everything in one command: a file over tcp and over udp through a bad link, recorded, decoded and compared")
        {
            output, file, link, seed, pcap, pcapAsTcp,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            LinkDescription description = CommonOptions.Link(parsed.GetRequiredValue(link));
            FileInfo? source = parsed.GetValue(file);
            if (source is { Exists: false })
            {
                throw new UsageException($"--file '{source}': no such file");
            }

            if (parsed.GetRequiredValue(output).Length == 0)
            {
                throw new UsageException("--out '': a folder has a name");
            }

            DirectoryInfo folder = Directory.CreateDirectory(parsed.GetRequiredValue(output));
            var run = new DemoRun(new DemoOptions
            {
                Folder = folder,
                File = source,
                Link = description,
                Seed = description.Seed ?? parsed.GetValue(seed) ?? Seeds.Draw(),
                Recording = parsed.GetValue(pcap) ?? new FileInfo(Path.Combine(folder.FullName, "demo.pcapng")),
                RecordingAsTcp = parsed.GetValue(pcapAsTcp) ?? new FileInfo(Path.Combine(folder.FullName, "demo-as-tcp.pcapng")),
            });
            return run.RunAsync(cancellationToken);
        });
        return command;
    }
}
