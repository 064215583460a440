using System.CommandLine;
using System.Text.Json;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Saved;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary>What <c>nlab perf</c> is asked to measure: its options, and what of them makes sense together.</summary>
internal sealed class PerfArguments
{
    private static readonly LabTransport[] All = [LabTransport.Tcp, LabTransport.Udp, LabTransport.KernelTcp, LabTransport.KernelUdp];

    private readonly Argument<string?> _url = new("URL") { Description = "Measure with an nlab perf server there, instead of comparing", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _transport = new("--transport") { Description = "What to compare: tcp, udp, kernel-tcp, kernel-udp; all if not given", HelpName = "LIST" };
    private readonly Option<string> _time = new("--time", "-t") { Description = "How long each run is measured", HelpName = "DURATION", DefaultValueFactory = _ => "5s" };
    private readonly Option<string?> _bytes = new("--bytes", "-n") { Description = "Send so much instead, such as 1G", HelpName = "N" };
    private readonly Option<int> _segmentSize = new("--segment-size") { Description = "Bytes a datagram, or the largest segment of a stream", HelpName = "N", DefaultValueFactory = _ => 1400 };
    private readonly Option<int> _streams = new("--streams", "-P", "--parallel") { Description = "Flows or connections at once", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _rate = new("--rate", "-b", "--bitrate") { Description = "Bits a second to offer, streams together; 0 for flat out", HelpName = "RATE", DefaultValueFactory = _ => "0" };
    private readonly Option<string?> _warmUp = new("--warm-up", "--omit", "-O") { Description = "Time before the measured part; 1s if not given, none with --bytes (of streams, never)", HelpName = "DURATION" };
    private readonly Option<string> _interval = new("--interval", "-i") { Description = "How often it reports on itself, from 10ms on", HelpName = "DURATION", DefaultValueFactory = _ => "1s" };
    private readonly Option<bool> _reverse = new("--reverse", "-R") { Description = "The bytes go down the link instead of up; with a URL, the server sends" };
    private readonly Option<bool> _bidirectional = new("--bidirectional", "--bidir") { Description = "Both ways at the same time" };
    private readonly Option<bool> _underLoad = new("--under-load") { Description = "Round trips of a probe every 5 ms through the same link: idle, loaded one way, the other, and both" };
    private readonly Option<string?> _settings = new("--settings") { Hidden = true };
    private readonly Option<string?> _link = new("--link") { Description = "An emulated link between the two, such as delay=20ms,loss=1%", HelpName = "LINK", Validators = { CommonOptions.CheckLinkIsSaid } };
    private readonly Option<string?> _congestion = new("--congestion", "-C") { Description = "Congestion control of streams: cubic, reno or bbr, and what the kernel has; several, such as cubic,bbr, are beside each other in as many streams", HelpName = "NAMES" };
    private readonly Option<bool> _ecn = new("--ecn") { Description = "Let tcp ask queues to mark instead of drop (ECN; a link marks with mark=SIZE)" };
    private readonly Option<bool> _mtuSearch = new("--mtu-search") { Description = "Let tcp find out how large a segment, up to --segment-size, the path carries (a link drops larger ones with mtu=N)" };
    private readonly Option<string?> _poll = Poll();
    private readonly Option<bool> _latency = new("--latency") { Description = "Measure round trips of 100 bytes instead: p50, p90, p99, p99.9" };
    private readonly Option<bool> _connections = new("--connections") { Description = "Measure connections opened, used for one request and closed, a second" };
    private readonly Option<int> _rounds = new("--rounds") { Description = "How often each, in turns; medians and ratios are taken over rounds", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _json = new("--json", "-J") { Description = "One JSON document" };
    private readonly Option<bool> _jsonIperf3 = new("--json-iperf3") { Description = "The one run as iperf3 -J has it, for what reads that" };
    private readonly Option<FileInfo?> _plot = new("--plot") { Description = "Draw the throughput over time: .svg or .png", HelpName = "FILE" };
    private readonly Option<FileInfo?> _save = new("--save") { Description = "Keep the measurement, with settings, seed and machine: .json or .json.gz", HelpName = "FILE" };
    private readonly Option<bool> _jsonStream = new("--json-stream") { Hidden = true };
    private readonly Option<ulong?> _seed = CommonOptions.Seed();
    private readonly Option<bool> _allowRemote = CommonOptions.AllowRemote();

    private readonly RecordingArguments _recorded;

    private PerfArguments(Command command) => _recorded = RecordingArguments.AddTo(command);

    /// <summary>Adds them to a verb.</summary>
    public static PerfArguments AddTo(Command command)
    {
        var arguments = new PerfArguments(command);
        command.Add(arguments._url);
        command.Add(arguments._transport);
        command.Add(arguments._time);
        command.Add(arguments._bytes);
        command.Add(arguments._segmentSize);
        command.Add(arguments._streams);
        command.Add(arguments._rate);
        command.Add(arguments._warmUp);
        command.Add(arguments._interval);
        command.Add(arguments._reverse);
        command.Add(arguments._bidirectional);
        command.Add(arguments._underLoad);
        command.Add(arguments._settings);
        command.Add(arguments._link);
        command.Add(arguments._congestion);
        command.Add(arguments._ecn);
        command.Add(arguments._mtuSearch);
        command.Add(arguments._poll);
        command.Add(arguments._latency);
        command.Add(arguments._connections);
        command.Add(arguments._rounds);
        command.Add(arguments._json);
        command.Add(arguments._jsonIperf3);
        command.Add(arguments._plot);
        command.Add(arguments._save);
        command.Add(arguments._jsonStream);
        command.Add(arguments._seed);
        command.Add(arguments._allowRemote);
        return arguments;
    }

    /// <summary>Whether streams' sockets are polled, at either half.</summary>
    public static Option<string?> Poll() => new("--poll")
    {
        Description = "Whether streams (tcp and kernel-tcp alike) keep a processor busy looking for what comes next, instead of sleeping: on or off [default: on]",
        HelpName = "on|off",
    };

    /// <summary>A comparison as a command line of <c>nlab perf</c> says it.</summary>
    /// <exception cref="UsageException">It makes no sense, or is none.</exception>
    public static PerfComparison ComparisonOf(IReadOnlyList<string> commandLine, bool mayNameFiles = true)
    {
        var command = new Command("perf");
        PerfArguments arguments = AddTo(command);
        ParseResult parsed = command.Parse(commandLine);
        if (parsed.Errors.Count > 0)
        {
            throw new UsageException(parsed.Errors[0].Message);
        }

        return arguments.Url(parsed) is { } url ? throw new UsageException($"'{url}': a comparison has no address") : arguments.Comparison(parsed, mayNameFiles);
    }

    /// <summary>Where to send to, instead of comparing; null to compare.</summary>
    public string? Url(ParseResult parsed) => parsed.GetValue(_url);

    /// <summary>Whether another machine may be reached.</summary>
    public bool AllowRemote(ParseResult parsed) => parsed.GetValue(_allowRemote);

    /// <summary>How to show what was measured.</summary>
    public PerfOutput Output(ParseResult parsed)
    {
        FileInfo? plot = parsed.GetValue(_plot);
        PictureFile.Check(plot, "--plot");
        FileInfo? save = parsed.GetValue(_save);
        SavedRunFile.Check(save);
        bool isIperf3 = parsed.GetValue(_jsonIperf3);
        if (isIperf3 && parsed.GetValue(_json))
        {
            throw new UsageException("--json and --json-iperf3 are two different outputs: choose one");
        }

        return new PerfOutput(parsed.GetValue(_json), isIperf3, parsed.GetValue(_jsonStream), plot, save, [.. parsed.Tokens.Select(token => token.Value)]);
    }

    /// <summary>What to record of a run with an address.</summary>
    public RecordingOptions Recording(ParseResult parsed, LabAddress address) => _recorded.From(parsed).For(address);

    /// <summary>The one run with an address.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public PerfSettings Plan(ParseResult parsed, LabAddress address)
    {
        if (parsed.GetValue(_transport) is not null || parsed.GetValue(_link) is not null || parsed.GetValue(_rounds) != 1)
        {
            throw new UsageException($"'{address}': --transport, --link and --rounds compare on this machine, without an address");
        }

        if (parsed.GetValue(_settings) is { } words)
        {
            return JsonSerializer.Deserialize(words, PerfSettingsJson.Default.PerfSettings)!;
        }

        PerfSettings settings = Template(parsed);
        bool isSentTo = settings.Direction == PerfDirection.Reverse;
        (string Option, bool IsAsked)[] senders = [("--congestion", parsed.GetValue(_congestion) is not null), ("--ecn", parsed.GetValue(_ecn)), ("--mtu-search", parsed.GetValue(_mtuSearch))];
        if (isSentTo && Array.Find(senders, option => option.IsAsked) is { Option: not null } idle)
        {
            throw new UsageException($"{idle.Option}: is the sender's, and with --reverse that is the server at {address}");
        }

        return CheckedEffects(parsed, Checked(settings with { Transport = address.Transport }));
    }

    /// <summary>What to compare.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public PerfComparison Comparison(ParseResult parsed, bool mayNameFiles = true)
    {
        PerfSettings template = Template(parsed);
        int rounds = parsed.GetValue(_rounds);
        if (rounds is < 1 or > 1000)
        {
            throw new UsageException($"--rounds '{rounds}': 1 to 1000");
        }

        string? description = parsed.GetValue(_link);
        if (description is null && parsed.GetValue(_seed) is not null)
        {
            throw new UsageException("--seed: nothing is random without --link");
        }

        LinkDescription? emulated = description is null ? null : LinkText.Parse(description, mayNameFiles);
        PerfSettings[] plans = [.. Transports(parsed.GetValue(_transport), emulated is not null, template.Mode).Select(t => Checked(template with { Transport = t }))];
        CheckEffects(parsed, plans);
        if (plans.Any(p => p.Transport == LabTransport.TunTcp) && (template.UnderLoad || template.Direction == PerfDirection.Bidirectional))
        {
            throw new UsageException($"{(template.UnderLoad ? "--under-load" : "--bidirectional")}: needs two senders at once, and a TUN device has one");
        }

        if (parsed.GetValue(_jsonIperf3) && (plans.Length > 1 || rounds > 1 || template.UnderLoad || template.Mode != PerfMode.Throughput))
        {
            throw new UsageException("--json-iperf3: is one run's throughput: say which --transport, and no --rounds");
        }

        string[] recordings = Recordings(_recorded.From(parsed), plans, rounds);
        return new PerfComparison(plans, recordings, emulated, description, rounds, CommonOptions.SeedOf(emulated, parsed.GetValue(_seed)));
    }

    private PerfSettings CheckedEffects(ParseResult parsed, PerfSettings plan)
    {
        CheckEffects(parsed, [plan]);
        return plan;
    }

    // What none of the transports has would be passed over without a word.
    private void CheckEffects(ParseResult parsed, IReadOnlyList<PerfSettings> plans)
    {
        bool hasTcp = plans.Any(p => p.Transport is LabTransport.Tcp or LabTransport.TunTcp or LabTransport.RawTcp);
        bool hasStreams = plans.Any(p => !IsOfDatagrams(p.Transport));
        (string Option, bool IsAsked, bool HasEffect, string Of)[] options =
        [
            ("--congestion", parsed.GetValue(_congestion) is not null, hasStreams, "tcp and kernel-tcp"),
            ("--poll", parsed.GetValue(_poll) is not null, hasStreams, "tcp and kernel-tcp"),
            ("--ecn", parsed.GetValue(_ecn), hasTcp, "tcp"),
            ("--mtu-search", parsed.GetValue(_mtuSearch), hasTcp, "tcp"),
            ("--warm-up", parsed.GetValue(_bytes) is not null && parsed.GetValue(_warmUp) is not null, plans.Any(p => IsOfDatagrams(p.Transport)), "datagrams where --bytes ends the run"),
        ];
        if (Array.Find(options, o => o.IsAsked && !o.HasEffect) is { Option: not null } idle)
        {
            throw new UsageException($"{idle.Option}: is of {idle.Of}, and {string.Join(", ", plans.Select(p => LabAddress.SchemeOf(p.Transport)))} has none of it");
        }
    }

    private PerfSettings Template(ParseResult parsed)
    {
        bool counted = parsed.GetValue(_bytes) is not null;
        string warm = parsed.GetValue(_warmUp) ?? (counted ? "0" : "1s");
        string rate = parsed.GetRequiredValue(_rate);
        var template = new PerfSettings(default, parsed.GetValue(_segmentSize), parsed.GetValue(_streams))
        {
            Time = DurationText.Parse(parsed.GetRequiredValue(_time), "--time"),
            Bytes = Size(parsed.GetValue(_bytes)),
            Rate = Quantity.TryParseRate(rate, out long bits) ? bits : throw new UsageException($"--rate '{rate}': a rate looks like 100M or 10G"),
            WarmUp = Quantity.TryParseDuration(warm, out TimeSpan before) ? before : throw new UsageException($"--warm-up '{warm}': a duration looks like 20ms, 1.5s or 2m"),
            Congestion = parsed.GetValue(_congestion)?.Split(',', StringSplitOptions.TrimEntries),
            Interval = DurationText.Parse(parsed.GetRequiredValue(_interval), "--interval"),
            Direction = Direction(parsed.GetValue(_reverse), parsed.GetValue(_bidirectional)),
            UnderLoad = parsed.GetValue(_underLoad),
            Ecn = parsed.GetValue(_ecn),
            MtuSearch = parsed.GetValue(_mtuSearch),
            Polls = Polling.Parse(parsed.GetValue(_poll)),
            Mode = Mode(parsed.GetValue(_latency), parsed.GetValue(_connections)),
        };
        if (template.Mode != PerfMode.Throughput && (counted || template.Rate != 0))
        {
            throw new UsageException($"{(counted ? "--bytes" : "--rate")}: only of throughput");
        }

        if (counted && parsed.GetResult(_time) is { Implicit: false })
        {
            throw new UsageException("--time: --bytes ends the run: one of the two");
        }

        if (template.Mode != PerfMode.Throughput && template.Direction != PerfDirection.Forward)
        {
            throw new UsageException($"{(template.Direction == PerfDirection.Reverse ? "--reverse" : "--bidirectional")}: only of throughput");
        }

        if (template.Interval < TimeSpan.FromMilliseconds(10))
        {
            throw new UsageException($"--interval '{parsed.GetValue(_interval)}': 10ms or more");
        }

        if (template.UnderLoad && (template.Mode != PerfMode.Throughput || counted || template.Direction != PerfDirection.Forward))
        {
            throw new UsageException("--under-load: loads one way, the other and both by itself, for --time each");
        }

        if (template.Mode != PerfMode.Throughput && template.Congestion is { Count: > 1 })
        {
            throw new UsageException($"--congestion '{parsed.GetValue(_congestion)}': several only of throughput");
        }

        if (template.Congestion is { Count: > 1 } several && template.Streams % several.Count != 0 && parsed.GetResult(_streams) is { Implicit: false })
        {
            throw new UsageException($"--streams '{template.Streams}': --congestion names {several.Count}, and each gets as many streams as the others");
        }

        // Several algorithms need a stream each, unless there are more.
        if (template.Congestion is { Count: > 1 } names && template.Streams < names.Count)
        {
            template = template with { Streams = names.Count };
        }

        return template.Streams is < 1 or > PerfSettings.MaxStreams
            ? throw new UsageException($"--streams '{template.Streams}': 1 to {PerfSettings.MaxStreams}")
            : template;
    }

    private static PerfDirection Direction(bool reverse, bool bidirectional) => (reverse, bidirectional) switch
    {
        (true, true) => throw new UsageException("--bidirectional: one of --reverse and --bidirectional"),
        (true, false) => PerfDirection.Reverse,
        (false, true) => PerfDirection.Bidirectional,
        _ => PerfDirection.Forward,
    };

    private static PerfMode Mode(bool latency, bool connections) => (latency, connections) switch
    {
        (true, true) => throw new UsageException("--connections: one of --latency and --connections at a time"),
        (true, false) => PerfMode.Latency,
        (false, true) => PerfMode.Connections,
        _ => PerfMode.Throughput,
    };

    private static long Size(string? text) =>
        text is null ? 0 : Quantity.TryParseSize(text, out long size) && size > 0 ? size : throw new UsageException($"--bytes '{text}': a size looks like 64K or 1G, and is more than 0");

    private static PerfSettings Checked(PerfSettings plan)
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

        if (plan.Transport is LabTransport.Tcp or LabTransport.TunTcp or LabTransport.RawTcp)
        {
            foreach (string? name in plan.Congestion ?? [])
            {
                CongestionNames.Parse(name);
            }
        }

        // A stream has no marks in it: with so many bytes asked for, all of them count.
        return !datagrams && plan.Bytes > 0 ? plan with { WarmUp = TimeSpan.Zero } : plan;
    }

    // The sender records, in its own process; a second run would write over the first.
    private static string[] Recordings(RecordingOptions recording, PerfSettings[] plans, int rounds)
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
            LabAddress.TransportOf(name) is { } known and not LabTransport.RawTcp ? known : throw new UsageException($"--transport '{name}': the transports are tcp, udp, kernel-tcp, kernel-udp, tun-tcp"))];
        if (linked && transports.Contains(LabTransport.TunTcp))
        {
            throw new UsageException("--transport 'tun-tcp': IP packets do not go through --link, which carries datagrams; nlab link tun://… tun://… is for them");
        }

        if (linked && transports.Contains(LabTransport.KernelTcp))
        {
            throw new UsageException("--transport 'kernel-tcp': the kernel's TCP does not go through --link, which carries datagrams");
        }

        return transports.GroupBy(t => t).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new UsageException($"--transport '{LabAddress.SchemeOf(twice.Key)}': is there twice; --rounds 2 measures twice")
            : transports;
    }

    private static bool IsOfDatagrams(LabTransport transport) => transport is LabTransport.Udp or LabTransport.KernelUdp;
}
