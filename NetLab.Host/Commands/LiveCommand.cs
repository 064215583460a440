using System.CommandLine;
using NetLab.Host.Live;
using NetLab.Host.Settings;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary><c>nlab live</c>: a transfer in virtual time and its event log, as the page's live lab shows it.</summary>
internal static class LiveCommand
{
    public static Command Create()
    {
        var link = new Option<string>("--link") { Description = "The link between the ends; drop=, copy=, damage= and hold= name segments", HelpName = "LINK", Validators = { CommonOptions.CheckLinkIsSaid }, DefaultValueFactory = _ => "delay=20ms" };
        var schedule = new Option<string?>("--schedule") { Description = "What the link does later on, such as '0.5s: delay=80ms; 2s: loss=5%'", HelpName = "TEXT" };
        var congestion = new Option<string>("--congestion") { Description = "reno, cubic or bbr", HelpName = "NAME", DefaultValueFactory = _ => "cubic" };
        var bytes = new Option<string>("--bytes") { Description = "Bytes that the client sends", HelpName = "N", DefaultValueFactory = _ => "64K" };
        var seed = new Option<ulong?>("--seed") { Description = "The seed of everything random (1, if the link says none)", HelpName = "N" };
        var command = new Command("live", "A transfer in virtual time, its event log line by line: what the page's live lab shows") { link, schedule, congestion, bytes, seed };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (!Quantity.TryParseSize(parsed.GetRequiredValue(bytes), out long size) || size > LiveSettings.MaxBytes)
            {
                throw new UsageException($"--bytes {parsed.GetRequiredValue(bytes)}: 1 to {Quantity.SizeText(LiveSettings.MaxBytes)}");
            }

            LiveSettings settings = new LiveSettings(
                parsed.GetRequiredValue(link), parsed.GetValue(schedule), parsed.GetRequiredValue(congestion), (int)size, parsed.GetValue(seed)).Validated();
            return Task.Run(() => Run(settings, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static int Run(LiveSettings settings, CancellationToken cancellationToken)
    {
        LiveTransfer transfer = LiveTransfer.Run(settings, cancellationToken);
        foreach (string line in LiveLog.Of(transfer))
        {
            Console.Out.WriteLine(line);
        }

        Console.Error.WriteLine($"{transfer.Delivered} of {settings.Bytes} bytes arrived, seed {settings.Seed}; again: {settings.Command}");
        return transfer.Delivered == settings.Bytes ? ExitCode.Done : ExitCode.Failed;
    }
}
