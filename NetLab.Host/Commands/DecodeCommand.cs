using System.CommandLine;
using System.Globalization;
using NetLab.Host.Rendering;
using NetLab.Osi.Captures;
using NetLab.Osi.Layers;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Host.Commands;

/// <summary><c>nlab decode FILE</c>: packets by OSI layer.</summary>
internal static class DecodeCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A pcap or pcapng file; - is standard input" };
        var json = new Option<bool>("--json") { Description = "JSON Lines: an object a packet, then one a TCP stream" };
        var summary = new Option<bool>("--summary") { Description = "One line a packet" };
        var layer = new Option<int?>("--layer") { Description = "Show only this layer of the tree, 1 to 7", HelpName = "N" };
        var count = new Option<long?>("-n", "--count") { Description = "Stop after this many packets", HelpName = "COUNT" };
        var packet = new Option<long?>("--packet") { Description = "Show only this packet", HelpName = "N" };
        var hex = new Option<bool>("--hex") { Description = "Show the bytes under each packet" };
        var decodeAs = new Option<string[]>("--decode-as") { Description = "Read a UDP port as NetLab's TCP: udp.port==9000,tcp", HelpName = "RULE" };
        var command = new Command("decode", "Take a capture apart, packet by packet, layer by layer") { file, json, summary, layer, count, packet, hex, decodeAs };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(summary))
            {
                throw new UsageException("--json and --summary are two different outputs: choose one");
            }

            if (parsed.GetValue(layer) is { } wanted and (< 1 or > 7))
            {
                throw new UsageException($"--layer {wanted}: the layers are 1 to 7");
            }

            if (parsed.GetValue(count) is < 1)
            {
                throw new UsageException($"-n {parsed.GetValue(count)}: a count is at least 1");
            }

            var view = new DecodeView(
                parsed.GetValue(json), parsed.GetValue(summary), parsed.GetValue(layer), parsed.GetValue(count), parsed.GetValue(packet), parsed.GetValue(hex));
            string path = parsed.GetRequiredValue(file);
            DecoderOptions options = new()
            {
                TcpOverUdpPorts = PortsFrom(parsed.GetValue(decodeAs) ?? []),
                HashStreams = view.Json,
                DecodeBodies = !view.Summary,
            };

            // Reading standard input cannot be cancelled; what waits for it can.
            return Task.Run(() => Decode(path, view, options, cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        });
        return command;
    }

    /// <summary>Decodes a capture to standard output.</summary>
    /// <returns>0, or 1 when the file is cut short or damaged; then one line on stderr says where.</returns>
    private static int Decode(string path, DecodeView view, DecoderOptions options, CancellationToken cancellationToken)
    {
        using CaptureReader reader = Open(path);
        var decoder = new PacketDecoder(options);
        using Stream output = Console.OpenStandardOutput();
        using var text = new StreamWriter(output, leaveOpen: true) { NewLine = "\n" };
        using var json = new JsonLines(output);
        var tree = new PacketTree(text, view.Layer);
        LayerColors.Apply(tree, text);
        var summary = new PacketSummary();
        DecodePipeline.Run(
            reader,
            decoder,
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                if (view.Packet is not { } only || packet.Number == only)
                {
                    Show(decoded, packet.Bytes, view, json, tree, summary, text, output);
                }

                return packet.Number < Math.Min(view.Count ?? long.MaxValue, view.Packet ?? long.MaxValue);
            },
            cancellationToken);
        if (view.Json && view.Packet is null)
        {
            foreach (TcpStream stream in decoder.TcpStreams)
            {
                json.Stream(stream);
            }
        }

        text.Flush();
        json.Flush();
        summary.Flush(output);
        if (reader.Damage is { } damage)
        {
            Console.Error.WriteLine($"nlab: {path}: {damage}");
            return ExitCode.Failed;
        }

        return ExitCode.Done;
    }

    private static void Show(
        DecodedPacket decoded, ReadOnlySpan<byte> bytes, DecodeView view, JsonLines json, PacketTree tree,
        PacketSummary summary, StreamWriter text, Stream output)
    {
        if (view.Json)
        {
            json.Begin(decoded);
            PacketDecoder.Describe(bytes, decoded, json);
            json.End(decoded);
        }
        else if (view.Summary)
        {
            summary.Write(decoded, bytes, output);
        }
        else
        {
            tree.Begin(decoded);
            PacketDecoder.Describe(bytes, decoded, tree);
            tree.End(decoded);
            if (view.Hex)
            {
                HexDump.Write(text, bytes);
            }
        }
    }

    private static CaptureReader Open(string path)
    {
        if (path != "-" && !File.Exists(path))
        {
            throw new UsageException(Directory.Exists(path) ? $"'{path}': is a folder" : $"'{path}': no such file");
        }

        Stream stream = path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        try
        {
            return CaptureReader.Open(stream);
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static HashSet<int> PortsFrom(string[] rules)
    {
        var ports = new HashSet<int>();
        foreach (string rule in rules)
        {
            const string Prefix = "udp.port==";
            string[] parts = rule.Split(',');
            bool valid = parts.Length == 2 && parts[1] == "tcp" && parts[0].StartsWith(Prefix, StringComparison.Ordinal);
            if (!valid || !int.TryParse(parts[0][Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
            {
                throw new UsageException($"--decode-as '{rule}': a rule looks like udp.port==9000,tcp");
            }

            ports.Add(port);
        }

        return ports;
    }

    private sealed record DecodeView(bool Json, bool Summary, int? Layer, long? Count, long? Packet, bool Hex);
}
