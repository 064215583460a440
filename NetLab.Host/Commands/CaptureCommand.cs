using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
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
        var file = new Option<string?>("-w", "--write") { Description = "Write the packets to this file (pcapng) as well; - is standard output, and nothing else is then", HelpName = "FILE" };
        var filter = new Option<string?>("--filter")
        {
            Description = "Only what this filter lets pass: one of libpcap (pcap-filter), or, where that makes no sense of it, a display filter",
            HelpName = "BPF",
        };
        var display = new Option<string?>("-Y", "--display-filter") { Description = "Only packets that match this display filter, as in Wireshark", HelpName = "EXPR" };
        var count = new Option<long?>("-n", "--count") { Description = "Stop after this many packets", HelpName = "COUNT" };
        var json = new Option<bool>("--json") { Description = "JSON Lines, an object a packet" };
        var buffer = new Option<string>("--buffer") { Description = "What may wait in the kernel", DefaultValueFactory = _ => "32M", HelpName = "SIZE" };
        var snap = new Option<int>("-s", "--snap-length") { Description = "Bytes kept of a packet at most", DefaultValueFactory = _ => LiveCapture.MaxSnapLength, HelpName = "BYTES" };
        var size = new Option<string?>("-C", "--rotate-size") { Description = "Begin the next file when one has so many bytes: FILE-00001, FILE-00002 …", HelpName = "SIZE" };
        var time = new Option<string?>("-G", "--rotate-time") { Description = "Begin the next file after so long", HelpName = "TIME" };
        var ring = new Option<int?>("-W", "--files") { Description = "Keep only so many files: the oldest is deleted", HelpName = "COUNT" };
        var command = new Command("capture", "Capture live, decoded as it arrives; needs the right to capture, and libpcap but on Linux")
        {
            name, file, filter, display, count, json, buffer, snap, size, time, ring,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(count) is < 1)
            {
                throw new UsageException($"-n {parsed.GetValue(count)}: a count is at least 1");
            }

            if (parsed.GetValue(snap) is < 1 or > LiveCapture.MaxSnapLength)
            {
                throw new UsageException($"-s {parsed.GetValue(snap)}: a packet is kept up to 1 to {LiveCapture.MaxSnapLength} bytes");
            }

            if (!Quantity.TryParseSize(parsed.GetRequiredValue(buffer), out long bytes) || bytes is < 65_536 or > 1 << 30)
            {
                throw new UsageException($"--buffer '{parsed.GetValue(buffer)}': a size from 64K to 1G, such as 32M");
            }

            long fileBytes = 0;
            if (parsed.GetValue(size) is { } most && (!Quantity.TryParseSize(most, out fileBytes) || fileBytes < 1))
            {
                throw new UsageException($"--rotate-size '{most}': a size above zero, such as 100M");
            }

            TimeSpan fileTime = default;
            if (parsed.GetValue(time) is { } longest && (!Quantity.TryParseDuration(longest, out fileTime) || fileTime <= TimeSpan.Zero || fileTime.TotalDays > 36_500))
            {
                throw new UsageException($"--rotate-time '{longest}': a time above zero, such as 60s");
            }

            if (parsed.GetValue(ring) is < 1)
            {
                throw new UsageException($"--files {parsed.GetValue(ring)}: at least one file is kept");
            }

            OutputPath.Check(parsed.GetValue(file), "-w");
            bool rotates = fileBytes > 0 || fileTime > TimeSpan.Zero;
            if (parsed.GetValue(file) == "-" && (rotates || parsed.GetValue(json)))
            {
                throw new UsageException($"{(rotates ? "--rotate-size and --rotate-time need" : "--json needs")} a file behind -w: standard output is one");
            }

            if ((rotates || parsed.GetValue(ring) is not null) && parsed.GetValue(file) is null)
            {
                throw new UsageException("--rotate-size, --rotate-time and --files need -w: which file?");
            }

            if (parsed.GetValue(ring) is not null && !rotates)
            {
                throw new UsageException("--files needs --rotate-size or --rotate-time: when does the next file begin?");
            }

            var chosen = new LiveSettings(
                (int)bytes, parsed.GetValue(snap), parsed.GetValue(filter), DisplayFrom("-Y", parsed.GetValue(display)), parsed.GetValue(file),
                fileBytes > 0 ? fileBytes : null, fileTime > TimeSpan.Zero ? fileTime.Ticks * 100 : null, parsed.GetValue(ring),
                parsed.GetValue(count) ?? long.MaxValue, parsed.GetValue(json));
            if (parsed.GetValue(name) is not { } wanted)
            {
                IdleOptions.Refuse(parsed, "of which interface? nlab capture lists them");
                return Task.FromResult(List());
            }

            return Task.Run(() => Run(wanted, chosen, cancellationToken), CancellationToken.None);
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
        ]).Write(Terminal.Out, [.. LivePackets.List()]);
        return ExitCode.Done;
    }

    private static int Run(string name, LiveSettings settings, CancellationToken cancellationToken)
    {
        using LivePackets capture = Open(name, settings, out DisplayFilter? display);
        using CaptureFiles? files = settings.File is null ? null : new CaptureFiles(settings.File, capture.Source, settings.FileBytes, settings.FileTime, settings.Ring);
        files?.Open();
        using Stream standard = Console.OpenStandardOutput();
        Stream output = settings.Json ? standard : FoldedLines.For(standard, DecodeCommand.SummaryIndent);
        using var json = new JsonLines(output);
        var decoder = new PacketDecoder(new DecoderOptions { HashStreams = false, DecodeBodies = false });
        var decoded = new DecodedPacket();
        var summary = new PacketSummary();
        LayerColors.Apply(summary);
        Console.Error.WriteLine($"capturing on {name}; Ctrl-C stops");
        long packets = 0;
        long? end = null;
        int waits = 0;
        while (packets < settings.Count)
        {
            // What had passed when Ctrl-C came still waits in the kernel.
            end ??= cancellationToken.IsCancellationRequested ? (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100 : null;
            if (!capture.TryRead(out CapturedPacket packet))
            {
                // The kernel hands over what it has gathered a tenth of a second after the first of it came.
                if (end is not null && ++waits == 2)
                {
                    break;
                }

                files?.Flush();
                continue;
            }

            if (packet.Time > end)
            {
                break;
            }

            decoder.Decode(packet, decoded);
            if (!(display?.Matches(decoded, packet.Bytes) ?? true))
            {
                continue;
            }

            packets++;
            files?.Write(packet);
            if (settings.File == "-")
            {
                continue;
            }

            if (settings.Json)
            {
                json.Begin(decoded);
                PacketDecoder.Describe(packet.Bytes, decoded, json);
                json.End(decoded);
                json.Flush();
            }
            else
            {
                summary.Write(decoded, packet.Bytes, output);
                summary.Flush(output);
            }
        }

        string dropped = capture.Dropped is { } lost ? $", {lost} dropped by the kernel" : "";
        string written = files is null || settings.File == "-" ? "" : files.Count > 1 ? $", written to {files.Count} files, the last of them {files.Current}" : $", written to {files.Current}";
        Console.Error.WriteLine($"{Units.Count(packets)} packet{(packets == 1 ? "" : "s")}{dropped}{written}");
        return ExitCode.Done;
    }

    // What libpcap makes no sense of may be a display filter: people know both languages, and each is tried.
    private static LivePackets Open(string name, LiveSettings settings, out DisplayFilter? display)
    {
        display = settings.Display;
        try
        {
            return LivePackets.Open(name, settings.Filter, settings.Buffer, settings.SnapLength);
        }
        catch (ArgumentException error) when (settings.Filter is { } text && error.ParamName == "filter" && display is null
            && DisplayFilter.TryParse(text, BuiltInProtocols.Registry, out display, out _))
        {
            return LivePackets.Open(name, null, settings.Buffer, settings.SnapLength);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static DisplayFilter? DisplayFrom(string option, string? text)
    {
        DisplayFilter? filter = null;
        return string.IsNullOrWhiteSpace(text) || DisplayFilter.TryParse(text, BuiltInProtocols.Registry, out filter, out string? error)
            ? filter
            : throw new UsageException($"{option}: {error}");
    }

    private sealed record LiveSettings(
        int Buffer, int SnapLength, string? Filter, DisplayFilter? Display, string? File, long? FileBytes, long? FileTime, int? Ring, long Count, bool Json);
}
