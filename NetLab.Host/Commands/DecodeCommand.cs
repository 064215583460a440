using System.Collections.Concurrent;
using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Host.Tables;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Host.Commands;

/// <summary><c>nlab decode FILE</c>: packets by OSI layer.</summary>
internal static class DecodeCommand
{
    /// <summary>Where the second line of a packet begins, if its summary is longer than a terminal is wide.</summary>
    public const int SummaryIndent = 8;

    public static Command Create()
    {
        var input = new CaptureArguments(several: true);
        var json = new Option<bool>("--json") { Description = "JSON Lines: an object a packet, then one a TCP stream" };
        var summary = new Option<bool>("--summary") { Description = "One line a packet" };
        var layer = new Option<int?>("--layer") { Description = "Show only this layer of the tree, 1 to 7", HelpName = "N" };
        var count = new Option<long?>("-n", "--count") { Description = "Stop after this many packets", HelpName = "COUNT" };
        var packet = new Option<long?>("--packet") { Description = "Show only this packet", HelpName = "N" };
        var columns = new Option<string?>("--columns") { Description = "Only these fields, a line a packet: frame.number,ip.src,dns.qry.name", HelpName = "NAMES" };
        var csv = new Option<bool>("--csv") { Description = "Columns with commas between" };
        var tsv = new Option<bool>("--tsv") { Description = "Columns with tabs between (the default where output is redirected; at a terminal they are aligned)" };
        var write = new Option<string?>("-w", "--write") { Description = "Write the packets to this file (pcapng); they are shown only if an output is asked for as well", HelpName = "FILE" };
        var at = new Option<long?>("--at") { Description = "Only the packet that begins there in its file: frame.offset of --parquet", HelpName = "OFFSET" };
        var tables = new TableArguments();
        var selection = new SelectionArguments();
        var hex = new Option<bool>("--hex") { Description = "Show the bytes under each packet, those of each layer in its color" };
        var command = new Command("decode", "Take a capture apart, packet by packet, layer by layer") { json, summary, layer, count, packet, hex, columns, csv, tsv, write, at };
        input.AddTo(command);
        selection.AddTo(command);
        tables.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(layer) is { } wanted and (< 1 or > 7))
            {
                throw new UsageException($"--layer {wanted}: the layers are 1 to 7");
            }

            if (parsed.GetValue(count) is < 1)
            {
                throw new UsageException($"-n {parsed.GetValue(count)}: a count is at least 1");
            }

            if (parsed.GetValue(packet) is < 1)
            {
                throw new UsageException($"--packet {parsed.GetValue(packet)}: packets are numbered from 1");
            }

            if (parsed.GetValue(at) is < 0)
            {
                throw new UsageException($"--at {parsed.GetValue(at)}: an offset is not negative");
            }

            if (parsed.GetValue(at) is { } offset && (parsed.GetValue(packet) is not null ? "--packet" : selection.NumbersOf(parsed) is not null ? "--packets" : null) is { } numbered)
            {
                throw new UsageException($"--at {offset}: chooses a packet by where it begins, and {numbered} by its number: one of the two");
            }

            if (parsed.GetValue(packet) is not null && selection.NumbersOf(parsed) is { } numbers)
            {
                throw new UsageException($"--packets '{numbers}': --packet chooses one by its number, and --packets several: one of the two");
            }

            // Of two outputs one would win without a word.
            (string Name, bool IsAsked)[] shapes =
            [
                ("--summary", parsed.GetValue(summary)), ("--json", parsed.GetValue(json)), ("--csv", parsed.GetValue(csv)), ("--tsv", parsed.GetValue(tsv)),
            ];
            if (shapes.Where(s => s.IsAsked).ToArray() is [var first, var second, ..])
            {
                throw new UsageException($"{first.Name} and {second.Name} are two different outputs: choose one");
            }

            if (tables.NameOf(parsed) is { } table && (shapes.FirstOrDefault(s => s.IsAsked).Name
                ?? (parsed.GetValue(hex) ? "--hex" : parsed.GetValue(layer) is not null ? "--layer" : parsed.GetValue(packet) is not null ? "--packet" : parsed.GetValue(write) is not null ? "-w" : null)) is { } other)
            {
                throw new UsageException($"{table} and {other} are two different outputs: choose one");
            }

            bool isTree = !Array.Exists(shapes, s => s.IsAsked) && parsed.GetValue(columns) is null;
            if (!isTree && (parsed.GetValue(hex) || parsed.GetValue(layer) is not null))
            {
                throw new UsageException($"{(parsed.GetValue(hex) ? "--hex" : "--layer")}: is of the tree, and not of {(parsed.GetValue(columns) is null ? Array.Find(shapes, s => s.IsAsked).Name : "--columns")}");
            }

            if (parsed.GetValue(columns) is not null && parsed.GetValue(summary))
            {
                throw new UsageException("--columns and --summary are two different outputs: choose one");
            }

            selection.ReadShard(parsed);
            CaptureInput capture = input.Read(parsed);
            ColumnFormat format = parsed.GetValue(json) ? ColumnFormat.Json : parsed.GetValue(csv) ? ColumnFormat.Csv : ColumnFormat.Tsv;
            List<Field>? fields = parsed.GetValue(columns) is { } names ? FieldsFrom(names, capture.Protocols) : null;
            if (fields is null && (parsed.GetValue(csv) || parsed.GetValue(tsv)))
            {
                throw new UsageException("--csv and --tsv need --columns: which fields?");
            }

            PacketSelection chosen = selection.Read(parsed, capture.Protocols) with { Offset = parsed.GetValue(at) };
            var written = new CaptureTables(capture, fields, chosen, parsed.GetValue(count));
            if (tables.IsArrow(parsed))
            {
                return CaptureWork.RunAsync(capture, stop => WriteArrow(written, stop), cancellationToken);
            }

            if (tables.Read(parsed, chosen, capture.Protocols, fields is not null) is { } settings)
            {
                return CaptureWork.RunAsync(
                    capture, tables.ByFile(parsed, capture, settings, chosen) is { } folder ? stop => folder.Write(written, stop) : stop => written.WriteParquet(settings, stop), cancellationToken);
            }

            var view = new DecodeView(
                parsed.GetValue(json), parsed.GetValue(summary), parsed.GetValue(layer), parsed.GetValue(count), parsed.GetValue(packet), parsed.GetValue(hex), fields, format,
                chosen, parsed.GetValue(write))
            {
                IsAligned = fields is not null && !Array.Exists(shapes, s => s.IsAsked) && !Console.IsOutputRedirected,
            };

            return CaptureWork.RunAsync(capture, stop => Decode(capture, view, stop), cancellationToken);
        });
        return command;
    }

    private static int WriteArrow(CaptureTables tables, CancellationToken cancellationToken)
    {
        using Stream output = Console.OpenStandardOutput();
        return tables.WriteArrow(output, cancellationToken);
    }

    private static int Decode(CaptureInput capture, DecodeView view, CancellationToken cancellationToken)
    {
        using Stream standard = Console.OpenStandardOutput();
        using AlignedColumns? aligned = view.IsAligned ? new AlignedColumns(standard, Terminal.Out.Profile.Width) : null;
        Stream output = aligned ?? (view.Summary ? FoldedLines.For(standard, SummaryIndent) : standard);
        using var text = new StreamWriter(output, leaveOpen: true) { NewLine = "\n" };
        using var json = new JsonLines(output);
        var tree = new PacketTree(text, view.Layer);
        LayerColors.Apply(tree, text);
        var summary = new PacketSummary();
        LayerColors.Apply(summary);
        ColumnTable? table = view.Columns is { } columns ? new ColumnTable(output, columns, view.Format) : null;
        bool streams = view.ShowsStreams;
        var ended = new ConcurrentQueue<TcpStream>();
        var options = new DecoderOptions
        {
            HashStreams = streams,
            DecodeBodies = !view.Summary && table is null,
            StreamEnded = streams ? ended.Enqueue : null,
            FollowStreams = (view.IsShown && table is null) || table?.NeedsStreams == true || view.Selection.Filter?.NeedsStreams == true,
        };
        using CaptureExport? export = view.Write is { } target ? CaptureExport.Create(target, capture) : null;
        long left = view.Count is { } most && !view.Selection.IsAll ? most : long.MaxValue;
        bool shown = false;
        bool begins = view.Selection.Offset is null;
        HashSet<int>? shardStreams = view.Selection.Shard is null ? null : [];
        int exit;
        try
        {
            exit = capture.Decode(
                options,
                (in CapturedPacket packet, DecodedPacket decoded) =>
                {
                    while (ended.TryDequeue(out TcpStream? stream))
                    {
                        Stream(stream);
                    }

                    if ((view.Packet is not { } only || packet.Number == only) && view.Selection.Includes(packet, decoded))
                    {
                        left--;
                        if (decoded.TcpStreamNumber is { } number)
                        {
                            shardStreams?.Add(number);
                        }

                        export?.Write(packet);
                        if (view.IsShown)
                        {
                            Show(decoded, packet.Bytes, view, json, tree, summary, table, text, output);
                        }
                    }

                    shown |= packet.Number == view.Packet;
                    begins |= packet.OffsetInFile == view.Selection.Offset;
                    return left > 0 && packet.Number < (view.Packet ?? view.Selection.Last ?? long.MaxValue);
                },
                decoder =>
                {
                    if (streams)
                    {
                        foreach (TcpStream stream in ended.Concat(decoder.TcpStreams))
                        {
                            Stream(stream);
                        }
                    }

                    Flush();
                    EndColumns();
                    if (begins && (view.Packet is null || shown))
                    {
                        export?.Report();
                    }
                },
                cancellationToken,
                Math.Min(view.Selection.IsAll ? view.Count ?? long.MaxValue : long.MaxValue, capture.Interface is null ? view.Packet ?? long.MaxValue : long.MaxValue),
                Flush,
                export is null ? null : export.WriteKeyLog);
        }
        catch (OperationCanceledException)
        {
            // What was decoded is shown, however it ended.
            Flush();
            EndColumns();
            throw;
        }

        if (!begins)
        {
            throw new InvalidDataException($"{capture.Path}: no packet begins at byte {view.Selection.Offset}");
        }

        return shown || view.Packet is not { } missing ? exit : throw new InvalidDataException($"{capture.Path}: there is no packet {missing}");

        void Stream(TcpStream stream)
        {
            if (shardStreams?.Contains(stream.Number) != false)
            {
                json.Stream(stream);
            }
        }

        void EndColumns()
        {
            aligned?.End();
            if (aligned?.LeftOut is { } unseen)
            {
                Console.Error.WriteLine(unseen);
            }
        }

        void Flush()
        {
            text.Flush();
            json.Flush();
            table?.Flush();
            summary.Flush(output);
            aligned?.Flush();
            export?.Flush();
        }
    }

    private static void Show(
        DecodedPacket decoded, ReadOnlySpan<byte> bytes, DecodeView view, JsonLines json, PacketTree tree,
        PacketSummary summary, ColumnTable? table, StreamWriter text, Stream output)
    {
        if (table is not null)
        {
            table.Write(decoded, bytes);
            return;
        }

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
                HexDump.Write(text, bytes, decoded, LayerColors.IsPlain ? null : LayerColors.Begin);
            }
        }
    }

    // A name that no protocol here has makes an empty column and a line on standard error: a script that asks for more than there is still gets the rest.
    internal static List<Field> FieldsFrom(string names, ProtocolRegistry protocols)
    {
        var fields = new List<Field>();
        string[] wanted = names.Split(',', StringSplitOptions.TrimEntries);
        if (Array.TrueForAll(wanted, name => !protocols.TryFindField(name, out _)))
        {
            throw new UsageException($"--columns '{names}': there is no such field{(protocols.NearestField(wanted[0]) is { } meant && wanted[0].Length > 0 ? $"; the nearest is {meant}" : "")}");
        }

        foreach (string name in wanted)
        {
            if (protocols.TryFindField(name, out Field? field))
            {
                fields.Add(field);
                continue;
            }

            string nearest = protocols.NearestField(name) is { } near ? $"; the nearest is {near}" : "";
            Console.Error.WriteLine($"nlab: --columns '{name}': there is no such field{nearest}; its column stays empty");
            fields.Add(Field.Of(FieldKind.Text, null, name));
        }

        return fields;
    }

    private sealed record DecodeView(
        bool Json, bool Summary, int? Layer, long? Count, long? Packet, bool Hex, List<Field>? Columns, ColumnFormat Format, PacketSelection Selection, string? Write)
    {
        /// <summary>Whether columns stand below one another: where a person looks, and has asked for no other shape.</summary>
        public bool IsAligned { get; init; }

        /// <summary>Whether packets are shown: not when they are only written to a file.</summary>
        public bool IsShown => Write is null || Json || Summary || Hex || Layer is not null || Columns is not null;

        /// <summary>Whether JSON ends with the capture's streams: not when only some packets are shown.</summary>
        public bool ShowsStreams => Json && Packet is null && Columns is null && Selection.IsWhole;
    }
}
