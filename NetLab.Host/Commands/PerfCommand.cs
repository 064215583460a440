using System.CommandLine;
using System.Text.Json;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary><c>nlab perf</c>: throughput, side by side; or, with an address, the sending half alone.</summary>
internal static class PerfCommand
{
    private static readonly LabTransport[] All = [LabTransport.Tcp, LabTransport.Udp, LabTransport.KernelTcp, LabTransport.KernelUdp];

    public static Command Create()
    {
        var url = new Argument<string?>("URL") { Description = "Send to an nlab perf server there, instead of comparing", Arity = ArgumentArity.ZeroOrOne };
        var transport = new Option<string?>("--transport") { Description = "What to compare: tcp, udp, kernel-tcp, kernel-udp; all if not given", HelpName = "LIST" };
        var time = new Option<string>("--time") { Description = "How long each run is measured", HelpName = "DURATION", DefaultValueFactory = _ => "5s" };
        var bytes = new Option<string?>("--bytes") { Description = "Send so much instead, such as 1G", HelpName = "N" };
        var segmentSize = new Option<int>("--segment-size") { Description = "Bytes a datagram, or the largest segment of a stream", HelpName = "N", DefaultValueFactory = _ => 1400 };
        var streams = new Option<int>("--streams") { Description = "Flows or connections at once", HelpName = "N", DefaultValueFactory = _ => 1 };
        var rate = new Option<string>("--rate") { Description = "Bits a second to offer, streams together; 0 for flat out", HelpName = "RATE", DefaultValueFactory = _ => "0" };
        var warmUp = new Option<string?>("--warm-up") { Description = "Time before the measured part; 1s if not given, none with --bytes (of streams, never)", HelpName = "DURATION" };
        var link = new Option<string?>("--link") { Description = "An emulated link between the two, such as delay=20ms,loss=1%", HelpName = "LINK" };
        var congestion = new Option<string?>("--congestion") { Description = "Congestion control of streams: cubic, reno or bbr, and what the kernel has; the transport's own choice if not given", HelpName = "NAME" };
        var ecn = new Option<bool>("--ecn") { Description = "Let tcp ask queues to mark instead of drop (ECN; a link marks with mark=SIZE)" };
        var mtuSearch = new Option<bool>("--mtu-search") { Description = "Let tcp find out how large a segment, up to --segment-size, the path carries (a link drops larger ones with mtu=N)" };
        var latency = new Option<bool>("--latency") { Description = "Measure round trips of 100 bytes instead: p50, p90, p99, p99.9" };
        var connections = new Option<bool>("--connections") { Description = "Measure connections opened, used for one request and closed, a second" };
        var rounds = new Option<int>("--rounds") { Description = "How often each, in turns; medians and ratios are taken over rounds", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var plot = new Option<FileInfo?>("--plot") { Description = "Draw the throughput over time: .svg or .png", HelpName = "FILE" };
        var jsonStream = new Option<bool>("--json-stream") { Hidden = true };
        Option<ulong?> seed = CommonOptions.Seed();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("perf", "Throughput, side by side: sender and receiver are processes of their own on loopback")
        {
            url, transport, time, bytes, segmentSize, streams, rate, warmUp, link, congestion, ecn, mtuSearch, latency, connections, rounds, json, plot, jsonStream, seed, allowRemote, PerfServerCommand.Create(),
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            bool counted = parsed.GetValue(bytes) is not null;
            string warm = parsed.GetValue(warmUp) ?? (counted ? "0" : "1s");
            var template = new PerfPlan(default, parsed.GetValue(segmentSize), parsed.GetValue(streams))
            {
                Time = CommonOptions.Duration(parsed.GetRequiredValue(time), "--time"),
                Bytes = Size(parsed.GetValue(bytes)),
                Rate = Quantity.TryParseRate(parsed.GetRequiredValue(rate), out long bits) ? bits : throw new UsageException($"--rate '{parsed.GetValue(rate)}': a rate looks like 100M or 10G"),
                WarmUp = Quantity.TryParseDuration(warm, out TimeSpan before) ? before : throw new UsageException($"--warm-up '{warm}': a duration looks like 20ms, 1.5s or 2m"),
                Congestion = parsed.GetValue(congestion),
                Ecn = parsed.GetValue(ecn),
                MtuSearch = parsed.GetValue(mtuSearch),
                Mode = Mode(parsed.GetValue(latency), parsed.GetValue(connections)),
            };
            if (template.Mode != PerfMode.Throughput && (counted || template.Rate != 0))
            {
                throw new UsageException($"{(counted ? "--bytes" : "--rate")}: only of throughput");
            }

            if (template.Streams is < 1 or > PerfPlan.MaxStreams)
            {
                throw new UsageException($"--streams '{template.Streams}': 1 to {PerfPlan.MaxStreams}");
            }

            FileInfo? picture = parsed.GetValue(plot);
            ThroughputPlot.Check(picture);
            string? description = parsed.GetValue(link);
            if (parsed.GetValue(url) is { } address)
            {
                if (parsed.GetValue(transport) is not null || description is not null || parsed.GetValue(rounds) != 1)
                {
                    throw new UsageException($"'{address}': --transport, --link and --rounds compare on this machine, without an address");
                }

                LabAddress peer = LabAddress.Parse(address);
                RecordingOptions recording = recorded.From(parsed).For(peer);
                var output = new PerfOutput(parsed.GetValue(json), parsed.GetValue(jsonStream), picture);
                return SendAsync(peer, template, output, recording, parsed.GetValue(allowRemote), cancellationToken);
            }

            if (parsed.GetValue(rounds) is < 1 or > 1000)
            {
                throw new UsageException($"--rounds '{parsed.GetValue(rounds)}': 1 to 1000");
            }

            LinkDescription? emulated = description is null ? null : CommonOptions.Link(description);
            PerfPlan[] plans = [.. Transports(parsed.GetValue(transport), emulated is not null, template.Mode).Select(t => Checked(template with { Transport = t }))];
            string[] recordings = Recordings(recorded.From(parsed), plans, parsed.GetValue(rounds));
            var comparison = new Comparison(plans, recordings, emulated, description, parsed.GetValue(rounds), emulated?.Seed ?? parsed.GetValue(seed) ?? Seeds.Draw());
            return CompareAsync(comparison, parsed.GetValue(json), picture, cancellationToken);
        });
        return command;
    }

    private static PerfMode Mode(bool latency, bool connections) => (latency, connections) switch
    {
        (true, true) => throw new UsageException("--connections: one of --latency and --connections at a time"),
        (true, false) => PerfMode.Latency,
        (false, true) => PerfMode.Connections,
        _ => PerfMode.Throughput,
    };

    private static long Size(string? text) =>
        text is null ? 0 : Quantity.TryParseSize(text, out long size) && size > 0 ? size : throw new UsageException($"--bytes '{text}': a size looks like 64K or 1G, and is more than 0");

    private static PerfPlan Checked(PerfPlan plan)
    {
        bool datagrams = IsOfDatagrams(plan.Transport);
        if (datagrams && plan.Mode == PerfMode.Connections)
        {
            throw new UsageException($"--connections: {LabAddress.SchemeOf(plan.Transport)} has no connections");
        }

        (int least, int most) = datagrams ? (ProbeHeader.Size, DatagramSocket.MaxDatagramSize) : (88, 32_767);
        if (plan.SegmentSize < least || plan.SegmentSize > most)
        {
            throw new UsageException($"--segment-size '{plan.SegmentSize}': {least} to {most} for {LabAddress.SchemeOf(plan.Transport)}");
        }

        if (plan.Transport == LabTransport.Tcp)
        {
            CongestionNames.Parse(plan.Congestion);
        }

        // A stream has no marks in it: with so many bytes asked for, all of them count.
        return !datagrams && plan.Bytes > 0 ? plan with { WarmUp = TimeSpan.Zero } : plan;
    }

    // The sender records, in its own process; a second run would write over the first.
    private static string[] Recordings(RecordingOptions recording, PerfPlan[] plans, int rounds)
    {
        string[] arguments = [.. recording.Arguments];
        if (arguments.Length > 0 && (plans.Length > 1 || rounds > 1))
        {
            throw new UsageException($"{arguments[0]} '{arguments[1]}': one run is recorded: say which --transport, and no --rounds");
        }

        // Says now what the sender would say later.
        recording.For(new LabAddress(plans[0].Transport, "127.0.0.1", 0));
        return arguments;
    }

    private static IEnumerable<LabTransport> Transports(string? list, bool linked, PerfMode mode)
    {
        if (list is null)
        {
            // A link carries datagrams: the kernel's TCP does not pass it.
            return All.Where(t => !(linked && t == LabTransport.KernelTcp) && !(mode == PerfMode.Connections && IsOfDatagrams(t)));
        }

        LabTransport[] transports = [.. list.Split(',', StringSplitOptions.TrimEntries).Select(name =>
            LabAddress.TransportOf(name) ?? throw new UsageException($"--transport '{name}': the transports are tcp, udp, kernel-tcp, kernel-udp"))];
        if (linked && transports.Contains(LabTransport.KernelTcp))
        {
            throw new UsageException("--transport 'kernel-tcp': the kernel's TCP does not go through --link, which carries datagrams");
        }

        return transports.Distinct();
    }

    private static bool IsOfDatagrams(LabTransport transport) => transport is LabTransport.Udp or LabTransport.KernelUdp;

    private static async Task<int> SendAsync(LabAddress address, PerfPlan template, PerfOutput output, RecordingOptions recording, bool allowRemote, CancellationToken cancellationToken)
    {
        PerfPlan plan = Checked(template with { Transport = address.Transport });
        address.ResolvePeer(allowRemote);
        using LabRecorder? recorder = recording.Open();
        using var parentGone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (output.Stream)
        {
            PerfServerCommand.CancelAtEndOfInput(parentGone);
        }

        PerfStart start = PerfStart.Now();
        PerfOutcome outcome;
        try
        {
            outcome = await PerfHalves.SendAsync(address, plan, allowRemote, recorder, parentGone.Token).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new IOException($"{address}: {error.Message}", error);
        }

        PerfRun run = outcome.ToRun(LabAddress.SchemeOf(address.Transport), 1, start);
        if (output.Stream)
        {
            Console.WriteLine(JsonSerializer.Serialize(run, PerfLineJson.Default.PerfRun));
        }
        else
        {
            Print(new PerfDocument(null, plan.SegmentSize, [run]), output.Json, output.Plot);
        }

        return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : run.End.Intact ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> CompareAsync(Comparison comparison, bool json, FileInfo? plot, CancellationToken cancellationToken)
    {
        if (comparison.Link is not null)
        {
            await Console.Error.WriteLineAsync($"link {comparison.LinkText}  seed={comparison.Seed}").ConfigureAwait(false);
        }

        var runs = new List<PerfRun>();
        try
        {
            await PerfBoard.RunAsync(comparison.Plans.Count * comparison.Rounds, board =>
                new PerfSideBySide(comparison.Plans, comparison.Recordings, comparison.Link, comparison.Seed, board).RunAsync(comparison.Rounds, runs, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            // Interrupted or failed: what is complete is shown.
            if (runs.Count > 0)
            {
                Print(new PerfDocument(comparison.LinkText, comparison.Plans[0].SegmentSize, runs), json, plot);
            }
        }

        return runs.TrueForAll(r => r.End.Intact) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Print(PerfDocument document, bool json, FileInfo? plot)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(document, PerfDocumentJson.Default.PerfDocument));
        }
        else
        {
            Terminal.Out.Write(PerfTable.Of(document.Runs));
            foreach (string line in PerfTable.Summary(document))
            {
                Console.WriteLine(line);
            }
        }

        if (plot is not null)
        {
            ThroughputPlot.Write(document, plot);
        }
    }

    private sealed record PerfOutput(bool Json, bool Stream, FileInfo? Plot);

    private sealed record Comparison(
        IReadOnlyList<PerfPlan> Plans, IReadOnlyList<string> Recordings, LinkDescription? Link, string? LinkText, int Rounds, ulong Seed);
}
