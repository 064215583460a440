using System.Net;
using NetLab.Osi.Captures;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Host.Tests;

/// <summary>Wireshark's TCP analysis as the judge of runs in virtual time, written as plain TCP.</summary>
public sealed class SimulatedRunTests : IDisposable
{
    private static readonly string[] Fields =
    [
        "-T", "fields", "-e", "tcp.analysis.retransmission", "-e", "tcp.analysis.out_of_order", "-e", "tcp.analysis.duplicate_ack", "-e", "tcp.analysis.zero_window", "-e", "tcp.analysis.zero_window_probe", "-e", "tcp.analysis.flags",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-simulated");

    public void Dispose() => _folder.Delete(recursive: true);

    [TsharkTheory]
    [InlineData("delay=0.1ms", CongestionAlgorithm.Cubic, 1_000_000)]
    [InlineData("delay=10ms", CongestionAlgorithm.Cubic, 2_000_000)]
    [InlineData("delay=10ms,rate=50M,queue=1M", CongestionAlgorithm.NewReno, 500_000)]
    [InlineData("delay=30ms,rate=20M,queue=4M", CongestionAlgorithm.Bbr, 2_000_000)]
    [InlineData("delay=5ms,jitter=3ms", CongestionAlgorithm.Cubic, 500_000)]
    public async Task Without_losses_Wireshark_finds_nothing_to_remark(string link, CongestionAlgorithm congestion, int bytes)
    {
        Run run = await Play(link, 1, new ConnectionOptions { Congestion = congestion }, new ConnectionOptions(), bytes, readsEvery: null);
        Assert.Empty(await Tshark.Run(run.File, "-Y", "tcp.analysis.flags || _ws.malformed"));
        Assert.True(run.Frames > 100);
    }

    [TsharkTheory]
    [InlineData("delay=10ms,loss=1%", 1)]
    [InlineData("delay=10ms,loss=5%", 2)]
    [InlineData("delay=20ms,loss=3%,burst=4", 3)]
    [InlineData("delay=10ms,rate=10M,queue=32K", 4)]
    public async Task With_losses_Wireshark_and_the_log_count_the_same(string link, ulong seed)
    {
        Run run = await Play(link, seed, new ConnectionOptions(), new ConnectionOptions(), 500_000, readsEvery: null);

        // The second hole of a window, sent again within a round trip of what follows it, Wireshark calls out of order.
        int again = run.Log.Of(ConnectionEventKind.SegmentSent).Count(e => e.IsRetransmission);
        Assert.True(again > 0);
        Assert.Equal(again, run.Flags.Count(f => f[0].Length > 0 || f[1].Length > 0));

        // RFC 5681, 2 wants something outstanding for an acknowledgment to be a duplicate; Wireshark does not ask.
        Assert.Equal(run.Statistics.DuplicateAcknowledgments + RepeatedWithNothingOutstanding(run.Log), run.Flags.Count(f => f[2].Length > 0));
    }

    [TsharkFact]
    public async Task A_reader_that_falls_behind_closes_the_window_for_Wireshark_too()
    {
        var server = new ConnectionOptions { ReceiveBufferSize = 20_000 };
        Run run = await Play("delay=10ms", 5, new ConnectionOptions(), server, 200_000, readsEvery: TimeSpan.FromSeconds(1));
        int closed = run.Log.Of(ConnectionEventKind.SegmentReceived).Count(e => e.Header.Window == 0);
        int probes = run.Log.Of(ConnectionEventKind.SegmentSent).Count(e => e is { Purpose: SegmentPurpose.WindowProbe, PayloadLength: 1 });

        // A FIN asks for room too, without a byte: that Wireshark does not take for a probe.
        Assert.True(closed > 0 && probes > 0);
        Assert.Equal(closed, run.Flags.Count(f => f[3].Length > 0));
        Assert.Equal(probes, run.Flags.Count(f => f[4].Length > 0));
    }

    private static int RepeatedWithNothingOutstanding(ConnectionEventLog log)
    {
        SequenceNumber initial = log.Of(ConnectionEventKind.SegmentSent).First().Header.Sequence;
        (int repeated, long next, SegmentHeader last) = (0, 0, default);
        foreach (ConnectionEvent e in log.Events)
        {
            next = e.Kind == ConnectionEventKind.SegmentSent ? Math.Max(next, e.End) : next;
            if (e.Kind == ConnectionEventKind.SegmentReceived)
            {
                bool nothingOutstanding = e.Header.Acknowledgment == SequenceNumber.Wrap(next, initial);
                bool repeats = e.Start == e.End && (e.Header.Acknowledgment, e.Header.Window) == (last.Acknowledgment, last.Window);
                repeated += nothingOutstanding && repeats ? 1 : 0;
                last = e.Header;
            }
        }

        return repeated;
    }

    // The client sends; what it sees is recorded. The reader reads all at once, or everything there is at intervals.
    private async Task<Run> Play(string text, ulong seed, ConnectionOptions client, ConnectionOptions server, int bytes, TimeSpan? readsEvery)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        string file = Path.Combine(_folder.FullName, "run.pcapng");
        var log = new ConnectionEventLog();
        var pair = new SimulatedPair(link, seed, client with { Observe = _ => log }, server);
        int frames = 0;
        using (var writer = new PcapngWriter(File.Create(file)))
        {
            int at = writer.AddInterface(1, "client", "simulated");
            (IPEndPoint ours, IPEndPoint theirs) = (new IPEndPoint(IPAddress.Parse("10.0.0.1"), 40_000), new IPEndPoint(IPAddress.Parse("10.0.0.2"), 9_000));
            pair.ClientTap = (now, datagram, _, sent) =>
            {
                frames++;
                writer.Write(at, DateTimeOffset.UnixEpoch + now.SinceOrigin, sent ? PacketBuilder.Tcp(ours, theirs, datagram, true) : PacketBuilder.Tcp(theirs, ours, datagram, true));
            };
            pair.Client.Write(new byte[bytes]);
            pair.Client.Do(c => c.ShutdownSend());
            Assert.True(pair.Run(() => pair.Server is { IsEstablished: true }, TimeSpan.FromMinutes(1)));
            pair.Server!.ReadsAtOnce = readsEvery is null;
            while (!pair.Server.IsEndOfStream && pair.Network.Now.SinceOrigin < TimeSpan.FromMinutes(10))
            {
                pair.Advance(readsEvery ?? TimeSpan.FromSeconds(1));
                if (readsEvery is not null)
                {
                    pair.Server.Read(pair.Server.Unread);
                }
            }

            Assert.True(pair.Server.IsEndOfStream);
            pair.Server.Do(c => c.ShutdownSend());
            pair.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(CloseReason.Finished, pair.Client.CloseReason);
        }

        string[][] flags = [.. (await Tshark.Run(file, Fields)).Select(l => l.Split('\t'))];
        Assert.Equal(frames, flags.Length);
        return new Run(file, frames, log, pair.Client.Connection!.Statistics, flags);
    }

    private sealed record Run(string File, int Frames, ConnectionEventLog Log, ConnectionStatistics Statistics, string[][] Flags);
}
