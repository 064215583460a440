using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Paths;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Rendering;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NetLab.Host.Commands;

/// <summary><c>nlab link udp://LISTEN udp://TARGET --link LINK</c>: an emulated link before any UDP program.</summary>
internal static class LinkCommand
{
    private const string Help = """
        The link relay: put any UDP program behind an emulated link.
        A TCP program is put behind one by nlab forward, which carries its bytes over NetLab's TCP; and two network namespaces with whatever they
        speak, the kernel's TCP too, by tun:// at both ends (Linux, root).
        """;

    private const int LooksAtKeys = 10;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private static readonly string LinkHelp =
        "What happens on the way, each direction, such as delay=20ms,loss=1%,rate=10M,aqm=codel: "
        + "delay, jitter (keeps the order), jitter-reorder (does not), loss, burst, duplicate, reorder, corrupt, rate, queue (64K, or 100p datagrams), "
        + "aqm (droptail, codel, fq_codel, pie, red), ecn, mark, trace (Mahimahi's, or seconds and Mbit/s), outage (2s/30s), mtu, every, drop, seed; "
        + "up. or down. in front for one direction; or by name: "
        + string.Join("; ", LinkProfile.All.Select(p => $"{p.Name} = {p.Text}"));

    public static Command Create()
    {
        var listen = new Argument<string?>("LISTEN") { Description = "Where clients send to: udp://HOST:PORT; or the address of a device: tun://10.9.1.1/24", Arity = ArgumentArity.ZeroOrOne };
        var target = new Argument<string?>("TARGET") { Description = "Where their datagrams go on to: udp://HOST:PORT; or that of the other device: tun://10.9.2.1/24", Arity = ArgumentArity.ZeroOrOne };
        var link = new Option<string>("--link") { Description = LinkHelp, HelpName = "LINK", Validators = { CommonOptions.CheckLinkIsSaid }, DefaultValueFactory = _ => "" };
        var schedule = new Option<string?>("--schedule") { Description = "What changes when, from the start on: a file, or text such as '0s: rate=10M; 10s: loss=20%; 20s: down; 25s: up'", HelpName = "FILE|TEXT" };
        var record = new Option<FileInfo?>("--record") { Description = "At the end, write delay, loss and rate of what passed as a path that --link replay=FILE plays; with --from, those of the capture", HelpName = "FILE" };
        var from = new Option<string[]>("--from") { Description = $"Play the path that a capture tells of; without addresses, print it. It takes {PathFromCapture.Needs}", HelpName = "CAPTURE" };
        var selfTest = new Option<bool>("--self-test") { Description = "Measure how exact links are on this machine, beside tc and socat, for about two minutes, instead" };
        var json = new Option<bool>("--json") { Description = "At the end, what it did as one JSON document" };
        var log = new Option<FileInfo?>("--log") { Description = "Write what befell each datagram, a JSON line each", HelpName = "FILE" };
        var namespaces = new Option<string?>("--namespaces") { Description = "What the network namespaces of tun:// are called", HelpName = "NAME,NAME" };
        Option<ulong?> seed = CommonOptions.Seed();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("link", Help) { listen, target, link, schedule, record, from, selfTest, json, log, namespaces, seed, allowRemote };
        RecordingArguments recordings = RecordingArguments.AddTo(command, qlog: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(selfTest))
            {
                const string Own = "--self-test measures links of its own";
                IdleOptions.Refuse(parsed, Own, selfTest, seed, json);
                if (parsed.GetResult(listen) is { Tokens.Count: > 0 })
                {
                    throw new UsageException($"{listen.Name}: {Own}");
                }

                return await LinkSelfTestOutput.RunAsync(parsed.GetValue(seed) ?? Seeds.Draw(), parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
            }

            if (parsed.GetValue(listen) is { } at && (TunAddress.IsMeant(at) || (parsed.GetValue(target) is { } second && TunAddress.IsMeant(second))))
            {
                return await TunLinkCommand.RunAsync(
                    at,
                    parsed.GetValue(target) ?? throw new UsageException("'TARGET' is missing: nlab link tun://10.9.1.1/24 tun://10.9.2.1/24 --link delay=20ms"),
                    TunSettings(parsed),
                    cancellationToken).ConfigureAwait(false);
            }

            if (parsed.GetValue(namespaces) is { } named)
            {
                throw new UsageException($"--namespaces '{named}': only a link between tun:// devices has namespaces");
            }

            ulong drawn = parsed.GetValue(seed) ?? Seeds.Draw();
            CapturedPath? captured = parsed.GetValue(from) is { Length: > 0 } captures ? PathFromCapture.Read(captures, drawn, cancellationToken) : null;
            if (captured is not null && parsed.GetValue(listen) is null)
            {
                IdleOptions.Refuse(parsed, "without addresses --from only writes down the path of a capture", from, record, seed);
                LinkPathOutput.Write(captured, parsed.GetValue(record), string.Join(", ", parsed.GetValue(from)!.Select(Path.GetFileName)));
                return ExitCode.Done;
            }

            LabAddress near = Datagrams(parsed.GetValue(listen) ?? throw new UsageException("'LISTEN' is missing: nlab link udp://127.0.0.1:9001 udp://127.0.0.1:9000 --link loss=1%"));
            LabAddress far = Datagrams(parsed.GetValue(target) ?? throw new UsageException("'TARGET' is missing: nlab link udp://127.0.0.1:9001 udp://127.0.0.1:9000 --link loss=1%"));
            LinkDescription description = LinkText.Parse(parsed.GetRequiredValue(link));
            if (captured is not null)
            {
                description = LinkPathOutput.Play(description, captured, parsed.GetRequiredValue(link));
            }

            LinkPathRecorder? recorded = LinkPathOutput.Open(parsed.GetValue(record));
            if (parsed.GetValue(schedule) is { } steps)
            {
                description = LinkText.Schedule(description, steps);
            }

            bool remote = parsed.GetValue(allowRemote);
            ulong used = captured is null ? CommonOptions.SeedOf(description, parsed.GetValue(seed)) : description.Seed ?? drawn;
            using LabRecorder? recorder = recordings.From(parsed).Open();
            using LinkLog? fates = LinkLog.Open(parsed.GetValue(log));
            using LinkRelay relay = await BindAsync(near, far, description, used, remote, recorder, fates, recorded, cancellationToken).ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"link {near.At(relay.LocalEndPoint)} → {far}  seed={used}").ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"it is {(description with { Seed = null } is var shown && shown.ToString() is { Length: > 0 } text ? text : "a link that changes nothing")}").ConfigureAwait(false);
            relay.Start();
            TakeChanges(relay.Change, used);
            try
            {
                await WatchAsync(relay, new LinkKeyboard(description), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (parsed.GetValue(json))
                {
                    Console.WriteLine(JsonSerializer.Serialize(LinkReport.Of(relay, used), PerfDocumentJson.Default.LinkReport));
                }
                else
                {
                    Terminal.Out.Write(new LinkTable(relay).DrawTotal(Terminal.Out.Profile.Width));
                }

                if (recorded is not null)
                {
                    relay.Dispose();
                    LinkPathOutput.Write(recorded.Build(used), parsed.GetValue(record), "nlab link --record");
                }
            }

            return cancellationToken.IsCancellationRequested ? ExitCode.Done : ExitCode.Failed;
        });
        return command;

        TunLinkSettings TunSettings(ParseResult parsed)
        {
            if (recordings.From(parsed) is not { AsUdp: null, AsTcp: null })
            {
                throw new UsageException("--pcap: records datagrams of a relay; what passes between namespaces does tcpdump, in one of them: ip netns exec NAME tcpdump -i nlab0 -w FILE");
            }

            foreach (Option other in (Option[])[record, from])
            {
                if (parsed.GetResult(other) is { Implicit: false })
                {
                    throw new UsageException($"{other.Name}: is for a relay, and not for a link between tun:// devices");
                }
            }

            return new TunLinkSettings(
                parsed.GetRequiredValue(link), parsed.GetValue(schedule), parsed.GetValue(namespaces), parsed.GetValue(seed), parsed.GetValue(log), parsed.GetValue(json));
        }
    }

    // Each line of a piped input is a new link string. A terminal is left alone: reading it would stop a relay in the background.
    internal static void TakeChanges(Action<LinkDescription> change, ulong seed)
    {
        if (!Console.IsInputRedirected)
        {
            return;
        }

        new Thread(() =>
        {
            while (Console.In.ReadLine() is { } line)
            {
                try
                {
                    LinkDescription changed = LinkText.Parse(line.Trim());
                    if (changed.Seed is { } other && other != seed)
                    {
                        throw new UsageException($"link: 'seed={other}': what is random goes on from seed={seed}; another one needs another relay");
                    }

                    change(changed);
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.Now:HH:mm:ss.fff} link is now {line.Trim()}"));
                }
                catch (UsageException error)
                {
                    Console.Error.WriteLine($"nlab: {error.Message}; the link stays as it was");
                }
            }
        })
        { IsBackground = true, Name = "link changes" }.Start();
    }

    private static bool TakeKeys(LinkRelay relay, LinkKeyboard keyboard)
    {
        bool isOther = false;
        while (LinkKeyboard.IsForeground && Console.KeyAvailable)
        {
            if (keyboard.Press(Console.ReadKey(intercept: true).KeyChar))
            {
                relay.Change(keyboard.Present);
                isOther = true;
            }
        }

        return isOther;
    }

    private static LabAddress Datagrams(string text)
    {
        LabAddress address = LabAddress.Parse(text);
        return address.Transport == LabTransport.Udp ? address : throw new UsageException($"'{text}': a link carries datagrams: udp://HOST:PORT");
    }

    private static async Task<LinkRelay> BindAsync(
        LabAddress from, LabAddress to, LinkDescription link, ulong seed, bool allowRemote, LabRecorder? recorder, LinkLog? log, LinkPathRecorder? path, CancellationToken cancellationToken)
    {
        IPEndPoint local = await from.ResolveAsync(allowRemote, cancellationToken).ConfigureAwait(false);
        IPEndPoint target = await to.ResolvePeerAsync(allowRemote, cancellationToken).ConfigureAwait(false);
        ServiceRoute.CheckForCircle(new ServiceRoute(from.Transport, local, to.Transport, target), []);
        var changes = new LinkChangeNotes(Console.Error);
        LinkRelayOptions options = LabRelay.OptionsFor(local, target, link, seed) with
        {
            Tap = recorder?.AddPlace("link, at its clients", () => local),
            Log = log is null && path is null ? null : (up, outcome) =>
            {
                log?.Write(up, outcome);
                path?.Add(up, outcome);
            },
            Changes = (up, change) =>
            {
                log?.Write(up, change);
                changes.Say(up, change);
            },
        };
        try
        {
            var relay = new LinkRelay(options);
            local = relay.LocalEndPoint;
            return relay;
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(from, error);
        }
    }

    private static async Task WatchAsync(LinkRelay relay, LinkKeyboard keyboard, CancellationToken cancellationToken)
    {
        Task stopped = Task.Delay(Timeout.Infinite, cancellationToken);
        if (!Terminal.IsLive)
        {
            await Task.WhenAny(relay.Completion, stopped).ConfigureAwait(false);
        }
        else
        {
            var table = new LinkTable(relay);
            await Terminal.Error.Live(Draw()).AutoClear(true).StartAsync(async live =>
            {
                while (!relay.Completion.IsCompleted && !cancellationToken.IsCancellationRequested)
                {
                    // Keys are looked for more often than the table is drawn anew: a link answers to a key at once.
                    for (int i = 0; i < LooksAtKeys && !relay.Completion.IsCompleted && !stopped.IsCompleted; i++)
                    {
                        await Task.WhenAny(relay.Completion, stopped, Task.Delay(BetweenLooks, CancellationToken.None)).ConfigureAwait(false);
                        if (TakeKeys(relay, keyboard))
                        {
                            break;
                        }
                    }

                    live.UpdateTarget(Draw());
                }
            }).ConfigureAwait(false);

            IRenderable Draw() => LinkKeyboard.IsForeground
                ? new Rows(table.Draw(Terminal.Error.Profile.Width), new Text($"{keyboard}; {LinkKeyboard.Help}"))
                : table.Draw(Terminal.Error.Profile.Width);
        }

        if (relay.Completion.IsFaulted)
        {
            await relay.Completion.ConfigureAwait(false);
        }
    }
}
