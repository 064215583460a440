using System.CommandLine;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using Spectre.Console;

namespace NetLab.Host.Commands;

/// <summary><c>nlab capture [INTERFACE]</c>: packets as they pass, decoded as they arrive.</summary>
internal static class CaptureCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("INTERFACE") { Description = "The interface; without one, those there are", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("-w", "--write") { Description = "Write the packets to this file (pcapng) as well", HelpName = "FILE" };
        var filter = new Option<string?>("--filter") { Description = "Only what this filter lets pass (pcap-filter)", HelpName = "BPF" };
        var count = new Option<long?>("-n", "--count") { Description = "Stop after this many packets", HelpName = "COUNT" };
        var command = new Command("capture", "Capture live, decoded as it arrives; needs libpcap and the right to capture") { name, file, filter, count };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(count) is < 1)
            {
                throw new UsageException($"-n {parsed.GetValue(count)}: a count is at least 1");
            }

            if (parsed.GetValue(name) is not { } wanted)
            {
                return Task.FromResult(List());
            }

            return Task.Run(() => Run(wanted, parsed.GetValue(filter), parsed.GetValue(file), parsed.GetValue(count) ?? long.MaxValue, cancellationToken), CancellationToken.None);
        });
        return command;
    }

    private static int List()
    {
        var table = new Table().RoundedBorder().AddColumns("interface", "addresses", "description");
        foreach (LiveInterface found in LiveCapture.List())
        {
            table.AddRow(new Text(found.Name), new Text(string.Join(' ', found.Addresses)), new Text(found.Description));
        }

        Terminal.Out.Write(table);
        return ExitCode.Done;
    }

    private static int Run(string name, string? filter, string? file, long count, CancellationToken cancellationToken)
    {
        using LiveCapture capture = Open(name, filter);
        using PcapngWriter? writer = file is null ? null : new PcapngWriter(new FileStream(file, FileMode.Create, FileAccess.Write));
        writer?.AddInterface(capture.Source.LinkType, name);
        using Stream output = Console.OpenStandardOutput();
        var decoder = new PacketDecoder(new DecoderOptions { HashStreams = false, DecodeBodies = false });
        var decoded = new DecodedPacket();
        var summary = new PacketSummary();
        Console.Error.WriteLine($"capturing on {name}; Ctrl-C stops");
        long packets = 0;
        while (packets < count && !cancellationToken.IsCancellationRequested)
        {
            if (!capture.TryRead(out CapturedPacket packet))
            {
                continue;
            }

            packets++;
            decoder.Decode(packet, decoded);
            summary.Write(decoded, packet.Bytes, output);
            summary.Flush(output);
            writer?.WritePart(0, DateTimeOffset.UnixEpoch.AddTicks(packet.Time!.Value / 100), packet.Bytes, packet.OriginalLength);
        }

        string dropped = capture.Dropped is { } lost ? $", {lost} dropped by the kernel" : "";
        Console.Error.WriteLine($"{packets} packets{dropped}{(file is null ? "" : $", written to {file}")}");
        return ExitCode.Done;
    }

    private static LiveCapture Open(string name, string? filter)
    {
        try
        {
            return LiveCapture.Open(name, filter);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message.Split(" (Parameter", 2)[0]);
        }
    }
}
