using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Flows;
using NetLab.Host.Forwarding;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Rendering;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Commands;

/// <summary><c>nlab forward FROM TO</c>: a bridge between any two transports.</summary>
internal static class ForwardCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("FROM") { Description = "Where to listen: tcp://, udp://, kernel-tcp://, kernel-udp://, tun-tcp:// or raw-tcp://HOST:PORT" };
        var to = new Argument<string>("TO") { Description = "Where to pass on to, by any of the same" };
        Option<string?> link = CommonOptions.LinkString();
        Option<ulong?> seed = CommonOptions.Seed();
        Option<string?> congestion = CommonOptions.Congestion();
        var ladder = new Option<bool>("--ladder") { Description = "At the end, draw the segments of NetLab's TCP as a ladder" };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Say who connects, and what came of it" };
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("forward", "Pass on between any two transports: any TCP program over NetLab's TCP, on a bad link if wanted")
        {
            from, to, link, seed, congestion, ladder, verbose, allowRemote,
        };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress source = LabAddress.Parse(parsed.GetRequiredValue(from));
            LabAddress target = LabAddress.Parse(parsed.GetRequiredValue(to));
            LinkDescription? description = parsed.GetValue(link) is { } text ? LinkText.Parse(text) : null;
            if (description is null && parsed.GetValue(seed) is not null)
            {
                throw new UsageException("--seed: nothing is random without --link");
            }

            bool hasSegments = source.HasSegments || target.HasSegments || (description is not null && source.IsStream && target.IsStream);
            if (parsed.GetValue(congestion) is { } name && (CongestionNames.Parse(name), hasSegments) is (_, false))
            {
                throw new UsageException($"--congestion '{name}': is of NetLab's TCP, and neither side has it");
            }

            if (parsed.GetValue(ladder) && !hasSegments)
            {
                throw new UsageException("--ladder: draws segments of NetLab's TCP, and neither side has it");
            }

            if (parsed.GetValue(verbose) && !source.IsStream && !target.IsStream)
            {
                throw new UsageException("--verbose: says who connects, and between datagrams nobody does");
            }

            RecordingOptions recording = recorded.From(parsed);
            if (recording is not { AsUdp: null, AsTcp: null, Qlog: null } && !hasSegments)
            {
                throw new UsageException($"{recording.Arguments.First()}: nlab records datagrams of NetLab's TCP, and neither side has it; put nlab link before kernel programs to record theirs");
            }

            bool remote = parsed.GetValue(allowRemote);
            IPEndPoint local = await source.ResolveAsync(remote, cancellationToken).ConfigureAwait(false);
            IPEndPoint peer = await target.ResolvePeerAsync(remote, cancellationToken).ConfigureAwait(false);
            ServiceRoute.CheckForCircle(new ServiceRoute(source.Transport, local, target.Transport, peer), []);
            if (!source.IsStream && !target.IsStream)
            {
                return await RelayAsync(source, local, peer, description ?? new LinkDescription(), parsed.GetValue(seed), cancellationToken).ConfigureAwait(false);
            }

            using LabRecorder? recorder = recording.Open();
            SegmentLadder? segments = parsed.GetValue(ladder) ? new SegmentLadder() : null;
            var streams = new StreamOptions(null, remote, recorder)
            {
                KeepAlive = StreamOptions.ServiceKeepAlive,
                Congestion = CongestionNames.Parse(parsed.GetValue(congestion)),
                Watch = segments is null ? null : segments.Take,
            };
            ForwardChain chain = ForwardChain.Bind(
                source.At(local), target.At(peer), streams, description, CommonOptions.SeedOf(description, parsed.GetValue(seed)), parsed.GetValue(verbose) ? Say : null, parsed.GetValue(verbose) ? SayEnd : null);
            await using (chain.ConfigureAwait(false))
            {
                await Console.Error.WriteLineAsync($"listening on {chain.Address} → {target}{(description is null ? "" : $"  link {parsed.GetValue(link)}  seed={chain.Seed}")}").ConfigureAwait(false);
                await chain.RunAsync(cancellationToken).ConfigureAwait(false);
                Report(chain);
                foreach (string line in segments?.Draw(Terminal.Out.Profile.Width) ?? [])
                {
                    Console.WriteLine(line);
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    // Datagrams stay what they are: one in, one out.
    private static async Task<int> RelayAsync(
        LabAddress source, IPEndPoint local, IPEndPoint peer, LinkDescription link, ulong? wanted, CancellationToken cancellationToken)
    {
        ulong seed = CommonOptions.SeedOf(link, wanted);
        try
        {
            using var relay = new LinkRelay(LabRelay.OptionsFor(local, peer, link, seed));
            await Console.Error.WriteLineAsync($"listening on {source.At(relay.LocalEndPoint)} → {peer}  seed={seed}").ConfigureAwait(false);
            relay.Start();
            await relay.Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Terminal.Out.Write(new LinkTable(relay).DrawTotal(Terminal.Out.Profile.Width));
            return cancellationToken.IsCancellationRequested ? ExitCode.Done : ExitCode.Failed;
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(source, error);
        }
    }

    private static void Say(ForwardConnection connection) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connection.Opened:HH:mm:ss.fff} {connection.Client} connected"));

    private static void SayEnd(ForwardConnection connection) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{connection.Closed:HH:mm:ss.fff} {connection.Client} {(connection.Failure is { } why ? $"broke: {PlainText.Of(why)}" : "closed")}, {connection.BytesUp} bytes up, {connection.BytesDown} down"));

    private static void Report(ForwardChain chain)
    {
        Forward forward = chain.Front;
        ForwardConnection[] all = [.. forward.Over, .. forward.Open];
        if (all.Length > 0)
        {
            var table = new ColumnTable<ForwardConnection>(
            [
                new("client", c => c.Client) { IsText = true, Rank = 0 },
                new("up", c => Units.Bytes(c.BytesUp)),
                new("down", c => Units.Bytes(c.BytesDown)),
                new("time", c => Units.Short((c.Closed ?? DateTimeOffset.Now) - c.Opened)),
                new("end", c => c.Failure is { } why ? PlainText.Of(why) : c.Closed is null ? "open" : "closed") { IsText = true, Rank = 0 },
                new("opened", c => c.Opened.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)),
            ]);
            table.Write(Terminal.Out, [.. all.OrderByDescending(c => c.BytesUp + c.BytesDown).Take(20)], all.Length > 20 ? $"the 20 busiest of {all.Length}" : null);
        }

        Console.WriteLine($"connections {forward.Accepted}, broken {forward.Failed}, refused {forward.Refused}");
        if (chain.Relay is { } relay)
        {
            Terminal.Out.Write(new LinkTable(relay).DrawTotal(Terminal.Out.Profile.Width));
        }
    }
}
