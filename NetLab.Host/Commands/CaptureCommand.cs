using System.CommandLine;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Udp.Text;

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
        var buffer = new Option<string>("--buffer") { Description = "What may wait in the kernel", DefaultValueFactory = _ => "32M", HelpName = "SIZE" };
        var snap = new Option<int>("-s", "--snap-length") { Description = "Bytes kept of a packet at most", DefaultValueFactory = _ => LiveCapture.MaxSnapLength, HelpName = "BYTES" };
        var command = new Command("capture", "Capture live, decoded as it arrives; needs libpcap and the right to capture") { name, file, filter, count, buffer, snap };
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

            if (parsed.GetValue(snap) is < 1 or > LiveCapture.MaxSnapLength)
            {
                throw new UsageException($"-s {parsed.GetValue(snap)}: a packet is kept up to 1 to {LiveCapture.MaxSnapLength} bytes");
            }

            string size = parsed.GetRequiredValue(buffer);
            if (!Quantity.TryParseSize(size, out long bytes) || bytes is < 65_536 or > 1 << 30)
            {
                throw new UsageException($"--buffer '{size}': a size from 64K to 1G, such as 32M");
            }

            var limits = new CaptureLimits((int)bytes, parsed.GetValue(snap));
            return Task.Run(() => Run(wanted, limits, parsed.GetValue(filter), parsed.GetValue(file), parsed.GetValue(count) ?? long.MaxValue, cancellationToken), CancellationToken.None);
        });
        return command;
    }

    private static int List()
    {
        new ColumnTable<LiveInterface>(
        [
            new("interface", i => i.Name) { IsText = true, Rank = 0 },
            new("addresses", i => string.Join(' ', i.Addresses)) { IsText = true },
            new("description", i => i.Description) { IsText = true, Rank = 2 },
        ]).Write(Terminal.Out, [.. LiveCapture.List()]);
        return ExitCode.Done;
    }

    private static int Run(string name, CaptureLimits limits, string? filter, string? file, long count, CancellationToken cancellationToken)
    {
        using LiveCapture capture = Open(name, filter, limits);
        using PcapngWriter? writer = file is null ? null : new PcapngWriter(new FileStream(file, FileMode.Create, FileAccess.Write));
        writer?.AddInterface(capture.Source);
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

    private static LiveCapture Open(string name, string? filter, CaptureLimits limits)
    {
        try
        {
            return LiveCapture.Open(name, filter, limits.Buffer, limits.SnapLength);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private sealed record CaptureLimits(int Buffer, int SnapLength);
}
