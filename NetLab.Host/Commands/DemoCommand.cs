using System.CommandLine;
using NetLab.Host.Demo;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary><c>nlab demo</c>: the main job in one command.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Where the recordings and received files go", HelpName = "DIR", DefaultValueFactory = _ => "demo-out" };
        var file = new Option<FileInfo?>("--file") { Description = "The file to send; a made-up one if not given", HelpName = "FILE" };
        var link = new Option<string>("--link") { Description = "The link between the two ends", HelpName = "LINK", Validators = { CommonOptions.CheckLinkIsSaid }, DefaultValueFactory = _ => "delay=10ms,loss=2%" };
        Option<ulong?> seed = CommonOptions.Seed();
        var isLong = new Option<bool>("--long", "-l") { Description = "Show the whole handshake as trees, and the other packets in summary" };
        var command = new Command("demo", "Everything in one command: a file over tcp and over udp through a bad link, recorded, decoded and compared")
        {
            output, file, link, seed, isLong,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            LinkDescription description = LinkText.Parse(parsed.GetRequiredValue(link));
            FileInfo? source = parsed.GetValue(file);
            if (source is { Exists: false })
            {
                throw new UsageException($"--file '{source}': {(Directory.Exists(source.FullName) ? "is a folder" : "no such file")}");
            }

            if (parsed.GetRequiredValue(output).Length == 0)
            {
                throw new UsageException("--out '': a folder has a name");
            }

            ulong used = CommonOptions.SeedOf(description, parsed.GetValue(seed));
            DirectoryInfo folder = CreateFolder(parsed.GetRequiredValue(output));
            var run = new DemoRun(new DemoOptions
            {
                Folder = folder,
                File = source,
                Link = description,
                IsLong = parsed.GetValue(isLong),
                Seed = used,
                Recording = new FileInfo(Path.Combine(folder.FullName, "demo.pcapng")),
                RecordingAsTcp = new FileInfo(Path.Combine(folder.FullName, "demo-as-tcp.pcapng")),
                Qlog = new FileInfo(Path.Combine(folder.FullName, "demo.qlog")),
            });
            return RunAsync(run, recorded.From(parsed), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(DemoRun run, RecordingOptions copies, CancellationToken cancellationToken)
    {
        int exitCode = await run.RunAsync(cancellationToken).ConfigureAwait(false);
        foreach ((FileInfo file, FileInfo? copy) in ((FileInfo, FileInfo?)[])
            [(run.Options.Recording, copies.AsUdp), (run.Options.RecordingAsTcp, copies.AsTcp), (run.Options.Qlog, copies.Qlog)])
        {
            if (copy is not null)
            {
                file.CopyTo(copy.FullName, overwrite: true);
            }
        }

        return exitCode;
    }

    private static DirectoryInfo CreateFolder(string path)
    {
        try
        {
            return Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out '{path}': {(File.Exists(path) ? "is a file" : $"the folder cannot be made: {error.Message}")}");
        }
    }
}
