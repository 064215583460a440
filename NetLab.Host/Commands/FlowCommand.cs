using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Flows;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab flow FILE</c>: the ladder of a conversation.</summary>
internal static class FlowCommand
{
    private const int DefaultEvents = 1000;

    public static Command Create()
    {
        var input = new CaptureArguments();
        var stream = new Option<string>("--stream") { Description = "A TCP connection's number as decode shows it; or a UDP flow's, such as udp:3", DefaultValueFactory = _ => "0", HelpName = "N" };
        var svg = new Option<string?>("--svg") { Description = "Draw it into this file instead", HelpName = "FILE" };
        var count = new Option<int>("-n", "--count") { Description = "Show at most so many packets", DefaultValueFactory = _ => DefaultEvents, HelpName = "COUNT" };
        var command = new Command("flow", "The ladder of a conversation: who sent what when, and what stands out") { stream, svg, count };
        input.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(count) < 1)
            {
                throw new UsageException($"-n {parsed.GetValue(count)}: a count is at least 1");
            }

            OutputPath.Check(parsed.GetValue(svg), "--svg");
            if (parsed.GetValue(svg) is { } picture && Path.GetExtension(picture) is { Length: > 0 } kind && !kind.Equals(".svg", StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException($"--svg '{picture}': the picture is .svg");
            }

            CaptureInput capture = input.Read(parsed);
            var reader = new FlowReader(ConversationName.Parse(parsed.GetRequiredValue(stream)), parsed.GetValue(count));
            return Task.Run(() => Run(capture, reader, parsed.GetValue(svg), cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        });
        return command;
    }

    private static int Run(CaptureInput capture, FlowReader reader, string? svg, CancellationToken cancellationToken)
    {
        (int exit, Flow flow) = reader.Read(capture, cancellationToken);
        if (svg is null)
        {
            foreach (string line in FlowLadder.Draw(flow, Terminal.Out.Profile.Width))
            {
                Console.Out.WriteLine(line);
            }
        }
        else
        {
            File.WriteAllText(svg, FlowSvg.Draw(flow));
        }

        if (reader.LeftOut > 0)
        {
            Console.Error.WriteLine($"nlab: {reader.LeftOut} more packets are left out; -n shows more");
        }

        return exit;
    }
}
