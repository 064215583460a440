using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Streams;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using Spectre.Console;

namespace NetLab.Host.Commands;

/// <summary><c>nlab link udp://LISTEN udp://TARGET --link LINK</c>: an emulated link before any UDP program.</summary>
internal static class LinkCommand
{
    public static Command Create()
    {
        var listen = new Argument<string>("LISTEN") { Description = "Where clients send to: udp://HOST:PORT" };
        var target = new Argument<string>("TARGET") { Description = "Where their datagrams go on to: udp://HOST:PORT" };
        var link = new Option<string>("--link") { Description = "What happens on the way, such as delay=20ms,loss=1%,rate=10M", HelpName = "LINK", DefaultValueFactory = _ => "" };
        Option<ulong?> seed = CommonOptions.Seed();
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        Option<FileInfo?> pcap = CommonOptions.Pcap();
        Option<FileInfo?> pcapAsTcp = CommonOptions.PcapAsTcp();
        var command = new Command("link", "The link relay: put any UDP program behind an emulated link") { listen, target, link, seed, allowRemote, pcap, pcapAsTcp };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress from = Datagrams(parsed.GetRequiredValue(listen));
            LabAddress to = Datagrams(parsed.GetRequiredValue(target));
            LinkDescription description = CommonOptions.Link(parsed.GetRequiredValue(link));
            bool remote = parsed.GetValue(allowRemote);
            ulong used = description.Seed ?? parsed.GetValue(seed) ?? Seeds.Draw();
            using PacketRecorder? recorder = new RecordingOptions(parsed.GetValue(pcap), parsed.GetValue(pcapAsTcp)).Open();
            using LinkRelay relay = Bind(from, to, description, used, remote, recorder);
            await Console.Error.WriteLineAsync($"link {from.At(relay.LocalEndPoint)} → {to}  seed={used}").ConfigureAwait(false);
            relay.Start();
            await WatchAsync(relay, cancellationToken).ConfigureAwait(false);
            Terminal.Out.Write(Table(relay));
            return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Failed;
        });
        return command;
    }

    /// <summary>What a relay did, per direction.</summary>
    public static Table Table(LinkRelay relay)
    {
        var table = new Table().RoundedBorder();
        foreach (string column in (string[])["direction", "entered", "delivered", "lost", "scripted", "queue", "delayed", "duplicated", "reordered", "corrupted"])
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "direction" ? Justify.Left : Justify.Right });
        }

        Row("up", relay.Up);
        Row("down", relay.Down);
        return table;

        void Row(string name, LinkStatistics s) => table.AddRow([name, .. new[]
        {
            s.Entered, s.Delivered, s.Lost, s.ScriptedDrops, s.QueueDrops, s.Delayed, s.Duplicated, s.Reordered, s.Corrupted,
        }.Select(n => n.ToString(CultureInfo.InvariantCulture))]);
    }

    private static LabAddress Datagrams(string text)
    {
        LabAddress address = LabAddress.Parse(text);
        return address.Transport == LabTransport.Udp ? address : throw new UsageException($"'{text}': a link carries datagrams: udp://HOST:PORT");
    }

    private static LinkRelay Bind(LabAddress from, LabAddress to, LinkDescription link, ulong seed, bool allowRemote, PacketRecorder? recorder)
    {
        IPEndPoint local = from.Resolve(allowRemote);
        var options = new LinkRelayOptions
        {
            Listen = local,
            Tap = recorder?.AddPlace("link, at its clients", () => local),
            Target = to.ResolvePeer(allowRemote),
            Link = link,
            Seed = seed,
            Match = SegmentKind.Matches,
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

    private static async Task WatchAsync(LinkRelay relay, CancellationToken cancellationToken)
    {
        Task stopped = Task.Delay(Timeout.Infinite, cancellationToken);
        if (Console.IsErrorRedirected)
        {
            await Task.WhenAny(relay.Completion, stopped).ConfigureAwait(false);
        }
        else
        {
            await Terminal.Error.Live(Table(relay)).StartAsync(async live =>
            {
                while (!relay.Completion.IsCompleted && !cancellationToken.IsCancellationRequested)
                {
                    await Task.WhenAny(relay.Completion, stopped, Task.Delay(500, CancellationToken.None)).ConfigureAwait(false);
                    live.UpdateTarget(Table(relay));
                }
            }).ConfigureAwait(false);
        }

        if (relay.Completion.IsFaulted)
        {
            await relay.Completion.ConfigureAwait(false);
        }
    }
}
