using System.Net;
using System.Text;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Host.Transfers;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Demo;

/// <summary>
/// The main job: services on loopback, a file over tcp and over udp through an emulated link, everything recorded,
/// decoded, drawn and compared.
/// </summary>
internal sealed class DemoRun(DemoOptions options)
{
    // The link's own limits aside, the made-up file needs a second or two; a larger one gets time by its size, at a rate
    // that even a bad link reaches.
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(15);
    private const long LeastBytesPerSecond = 100_000;

    // The pace of udp: about what one TCP connection reaches over the default link, so that the two compare.
    private const long LeastUdpRate = 10_000_000;

    // An arrow with the longest label, a DATA segment's, on one line; less where a terminal is narrow.
    private const int DefaultArrow = 58;
    private const int LeastArrow = 30;

    private readonly List<LadderEvent> _segments = [];
    private bool _isQuiet;

    private TimeSpan Patience => LeastPatience + TimeSpan.FromSeconds((double)(options.File?.Length ?? 0) / LeastBytesPerSecond);

    /// <summary>What the run was told.</summary>
    public DemoOptions Options => options;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        FileInfo file = options.File ?? DemoFile.Create(options.Folder, options.Seed);
        Terminal.WriteHeading($"nlab demo  seed={options.Seed}  file={file.Name} ({file.Length} bytes)");
        using IHost services = await StartServicesAsync(cancellationToken).ConfigureAwait(false);
        DemoTransfer tcp;
        DemoTransfer udp;
        await WarmUpAsync(cancellationToken).ConfigureAwait(false);
        using (var recorder = new LabRecorder(new RecordingOptions(options.Recording, options.RecordingAsTcp, options.Qlog)))
        {
            tcp = await TransferByTcpAsync(file, recorder, cancellationToken).ConfigureAwait(false);
            udp = await TransferByUdpAsync(file, recorder, cancellationToken).ConfigureAwait(false);
        }

        await services.StopAsync(cancellationToken).ConfigureAwait(false);
        ShowLadders();
        Terminal.WriteHeading("tcp against udp");
        DemoTable.Write(tcp, udp);
        DemoDecode.Show(options.Recording, options.IsLong);
        Console.WriteLine();
        Console.WriteLine($"recorded: {options.Recording}  as it was, at both ends");
        Console.WriteLine($"          {options.RecordingAsTcp}  plain TCP for Wireshark, the sender's end");
        Console.WriteLine($"          {options.Qlog}  what both ends' TCP did, as qlog");
        Console.WriteLine($"look on:  nlab decode {options.Recording} --summary{(options.IsLong ? "" : ", or nlab demo --long")}");
        return Judge(tcp, udp);
    }

    private static int Judge(params DemoTransfer[] transfers)
    {
        int exitCode = ExitCode.Done;
        foreach (DemoTransfer transfer in transfers.Where(t => t.SentSha256 != t.ReceivedSha256))
        {
            Console.Error.WriteLine($"nlab: {transfer.Transport}: the receiver's SHA-256 {transfer.ReceivedSha256} differs from the sender's {transfer.SentSha256}");
            exitCode = ExitCode.Failed;
        }

        return exitCode;
    }

    // The first transfer of a process waits for its code to be compiled: 10 ms and more that are no property of the link, and that the
    // ladder would show. So one goes ahead that nobody sees.
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("nlab-demo");
        try
        {
            FileInfo At(string name) => new(Path.Combine(folder.FullName, name));
            var rehearsal = new DemoRun(new DemoOptions
            {
                Folder = folder,
                File = DemoFile.Create(folder, options.Seed),
                Link = new LinkDescription(),
                Seed = options.Seed,
                Recording = At("demo.pcapng"),
                RecordingAsTcp = At("demo-as-tcp.pcapng"),
                Qlog = At("demo.qlog"),
            })
            {
                _isQuiet = true,
            };
            using var recorder = new LabRecorder(new RecordingOptions(rehearsal.Options.Recording, rehearsal.Options.RecordingAsTcp, rehearsal.Options.Qlog));
            await rehearsal.TransferByTcpAsync(rehearsal.Options.File!, recorder, cancellationToken).ConfigureAwait(false);
            await rehearsal.TransferByUdpAsync(rehearsal.Options.File!, recorder, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Title(string text)
    {
        if (!_isQuiet)
        {
            Terminal.WriteHeading(text);
        }
    }

    private void Print(string line)
    {
        if (!_isQuiet)
        {
            Console.WriteLine(line);
        }
    }

    private async Task<IHost> StartServicesAsync(CancellationToken cancellationToken)
    {
        var lab = new LabOptions();
        foreach (string kind in SimpleProtocols.Names)
        {
            lab.Services.Add(new ServiceOptions { Kind = kind, Address = "tcp://127.0.0.1:0" });
            lab.Services.Add(new ServiceOptions { Kind = kind, Address = "udp://127.0.0.1:0" });
        }

        LabAddress? echo = null;
        IHost host = LabHost.Build(lab, new ServiceFactories(ServiceFactories.Standard), onPublished: (name, address) =>
        {
            Console.WriteLine($"{name,-8} {address}");
            echo ??= name == SimpleProtocols.Echo ? address : null;
        });
        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        await GreetAsync(echo!, cancellationToken).ConfigureAwait(false);
        return host;
    }

    private async Task GreetAsync(LabAddress echo, CancellationToken cancellationToken)
    {
        byte[] greeting = "hello, lab"u8.ToArray();
        LabStream stream = await StreamConnector.ConnectAsync(echo, new StreamOptions(Patience, false), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.Output.WriteAsync(greeting, cancellationToken).ConfigureAwait(false);
            await stream.Output.CompleteAsync().ConfigureAwait(false);
            using var answer = new MemoryStream();
            await stream.Input.CopyToAsync(answer, cancellationToken).ConfigureAwait(false);
            Console.WriteLine($"echo answers '{Encoding.UTF8.GetString(answer.ToArray())}' over {echo}");
        }
    }

    private LinkRelay StartLink(IPEndPoint target, LostSegments? lost = null)
    {
        var relay = new LinkRelay(new LinkRelayOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, DemoPorts.Next()),
            Target = target,
            Link = options.Link,
            Seed = options.Seed,
            Match = SegmentKind.Matches,
            Log = lost is null ? null : lost.Note,
        });
        relay.Start();
        return relay;
    }

    // Who waits says for what: which transfer, over which link.
    private async Task<T> InTime<T>(Task<T> work, string transport, CancellationToken cancellationToken)
    {
        try
        {
            return await work.WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the transfer over {transport} has not come to its end in {Patience.TotalSeconds:F0} s, over a link with {options.Link}");
        }
    }

    private async Task<DemoTransfer> TransferByTcpAsync(FileInfo file, LabRecorder recorder, CancellationToken cancellationToken)
    {
        Title("a file over tcp");
        var receiving = new StreamOptions(Patience, false, recorder) { Place = "receiver", RecordsAsTcp = false, Watch = Watching(atClient: false) };
        StreamListener listener = StreamListener.Bind(new LabAddress(LabTransport.Tcp, "127.0.0.1", DemoPorts.Next()), receiving);
        await using (listener.ConfigureAwait(false))
        {
            var lost = new LostSegments();
            using LinkRelay relay = StartLink(listener.Address.Resolve(false), lost);
            Task<TransferReport> received = ReceiveAsync(listener, cancellationToken);
            var sending = new StreamOptions(Patience, false, recorder) { Place = "sender", LocalPort = DemoPorts.Next(), Watch = Watching(atClient: true) };
            LabStream stream = await InTime(StreamConnector.ConnectAsync(listener.Address.At(relay.LocalEndPoint), sending, cancellationToken), "tcp", cancellationToken).ConfigureAwait(false);
            TransferReport sent;
            long segments;
            await using (stream.ConfigureAwait(false))
            {
                FileStream content = file.OpenRead();
                await using (content.ConfigureAwait(false))
                {
                    try
                    {
                        sent = await InTime(
                            StreamFileSender.SendAsync(stream, new FileOffer(FileOfferKind.File, file.Name, file.Length), content, null, cancellationToken), "tcp", cancellationToken).ConfigureAwait(false);
                    }
                    catch (IOException)
                    {
                        // If it is the receiver that failed, it knows better why.
                        await InTime(received, "tcp", cancellationToken).ConfigureAwait(false);
                        throw;
                    }
                }

                segments = stream.Statistics!.SegmentsSent;
            }

            TransferReport report = await InTime(received, "tcp", cancellationToken).ConfigureAwait(false);
            PrintReports(sent, report);
            return new DemoTransfer("tcp", segments, sent.Bytes, report.Bytes, lost.Count, AcknowledgmentsOf(lost), sent.Retransmissions, sent.Goodput, sent.Sha256, report.Sha256);
        }
    }

    private async Task<TransferReport> ReceiveAsync(StreamListener listener, CancellationToken cancellationToken)
    {
        LabStream stream = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            FileOffer offer = await StreamFileReceiver.ReadOfferAsync(stream, Patience, cancellationToken).ConfigureAwait(false);
            using var incoming = new IncomingFile(Target("received-tcp.bin"), overwrite: true, offer.Size);
            return await StreamFileReceiver.ReceiveAsync(stream, offer, incoming, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DemoTransfer> TransferByUdpAsync(FileInfo file, LabRecorder recorder, CancellationToken cancellationToken)
    {
        Title("the same file over udp");
        using DatagramSocket receiving = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, DemoPorts.Next()));
        using LinkRelay relay = StartLink(receiving.LocalEndPoint);
        using var receiver = new DatagramFileReceiver(
            receiving, Target("received-udp.bin"), recorder.AddPlace("udp receiver", () => receiving.LocalEndPoint, asTcp: false));
        Task<TransferReport> received = Task.Run(() => receiver.Receive(Patience, TimeSpan.FromSeconds(2), cancellationToken), cancellationToken);
        using DatagramSocket sending = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, DemoPorts.Next()));
        FileStream content = file.OpenRead();
        await using (content.ConfigureAwait(false))
        {
            DatagramTap tap = recorder.AddPlace("udp sender", () => sending.LocalEndPoint, asTcp: false);
            Task<TransferReport> sends = DatagramFileSender.SendAsync(
                sending, DatagramAddress.From(relay.LocalEndPoint), (uint)options.Seed | 1, file.Name, content, new DatagramFileSettings(Math.Max(LeastUdpRate, file.Length * 8 / 5), Tap: tap), null, cancellationToken);
            TransferReport sent = await InTime(sends, "udp", cancellationToken).ConfigureAwait(false);
            TransferReport report = await InTime(received, "udp", cancellationToken).ConfigureAwait(false);
            PrintReports(sent, report);

            // Fire and forget promises no whole file, but what does arrive must be right: both ends hash the same pieces.
            string own = DatagramFileReceiver.HashPieces(content, receiver.Pieces);
            Print("of the pieces that arrived:");
            Print($"  at the sender    sha256 {own}");
            Print($"  at the receiver  sha256 {receiver.PiecesSha256}");
            return new DemoTransfer("udp", sent.Datagrams!.Value, sent.Bytes, report.DeliveredBytes!.Value, relay.Up.Dropped, null, null, report.Goodput, own, receiver.PiecesSha256);
        }
    }

    private int AcknowledgmentsOf(LostSegments lost)
    {
        lock (_segments)
        {
            return lost.Acknowledgments(_segments);
        }
    }

    private void PrintReports(params TransferReport[] reports)
    {
        foreach (string line in reports.SelectMany(r => r.Lines()))
        {
            Print(line);
        }
    }

    private string Target(string name) => Path.Combine(options.Folder.FullName, name);

    private DatagramTap Watching(bool atClient) => (at, datagram, _, sent) =>
    {
        lock (_segments)
        {
            _segments.Add(new LadderEvent(at, atClient, sent, datagram.ToArray()));
        }
    };

    private void ShowLadders()
    {
        var ladder = new Ladder(_segments, Math.Clamp(Terminal.Out.Profile.Width - Ladder.BesideArrow, LeastArrow, DefaultArrow));
        Title("the handshake");
        WriteLines(ladder.Draw(ladder.Handshake()));
        Title("the first retransmission");
        IReadOnlyList<Ladder.Rung?> story = ladder.FirstRetransmission();
        WriteLines(story.Count > 0 ? ladder.Draw(story) : ["no data was sent twice in this run"]);
    }

    private static void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.WriteLine(line);
        }
    }
}
