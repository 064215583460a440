using System.Diagnostics;
using System.Globalization;
using System.Net;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Diagnostics;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Benchmarks.Soak;

/// <summary>
/// <c>soak [MINUTES] [SEED]</c>: mixed traffic over a link that keeps changing. Ends with 1 if a byte is wrong, a conversation fails,
/// memory grows, or a connection, a socket or a block of memory does not come back.
/// </summary>
internal static class SoakRun
{
    private const int Applications = 8;

    // What caches and the collector's own habits may add; a leak of one connection a second is more in an hour.
    private const long MostGrowth = 8 << 20;

    private static readonly TimeSpan LinkTime = TimeSpan.FromSeconds(7);

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        double minutes = arguments.Length > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 60;
        int seed = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : Random.Shared.Next();
        Say($"{minutes} minutes, seed {seed}");
        var random = new Random(seed);
        var pool = new CountingPool();
        using var tcpMeter = new TcpMeter();
        using var udpMeter = new UdpMeter();
        var options = new TcpEndpointOptions
        {
            // An endpoint that closes waits as long as the link may be gone.
            Linger = TimeSpan.FromMinutes(2),
            Connection = new ConnectionOptions { KeepAlive = TimeSpan.FromSeconds(30) },
            MemoryPool = pool,
            Meter = tcpMeter,
            Socket = new DatagramSocketOptions { Counts = udpMeter.Sockets },
        };
        var counts = new SoakCounts();
        int failed = 0;
        TimeSpan lasts = TimeSpan.FromMinutes(minutes);
        var clock = Stopwatch.StartNew();
        TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), options);
        TcpConnectionListener listener = server.Listen();
        var relay = new LinkRelay(new LinkRelayOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Target = server.LocalEndPoint,
            Link = SoakLinks.Parse(""),
            Seed = (ulong)seed,
            Counts = udpMeter.Links,
            SocketCounts = udpMeter.Sockets,
        });
        relay.Start();

        // Who was broken off by the other side knows it, and nobody else may be.
        Task serving = SoakServer.ServeAsync(listener, error => error is IOException);
        using var over = new CancellationTokenSource();
        Task[] applications = [.. Enumerable.Range(0, Applications).Select(i => Task.Run(async () =>
        {
            try
            {
                await new SoakTraffic(relay.LocalEndPoint, options, new Random(seed + i), counts).RunAsync(over.Token).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Interlocked.Increment(ref failed);
                Say($"application {i} failed: {error}");
            }
        }))];

        Footprint start = default;
        TimeSpan nextReport = TimeSpan.FromMinutes(Math.Min(1, minutes / 6));
        TimeSpan step = nextReport;
        while (clock.Elapsed < lasts && failed == 0)
        {
            string link = SoakLinks.Next(random);
            relay.Change(SoakLinks.Parse(link));
            await Task.Delay(link == "loss=100%" ? TimeSpan.FromSeconds(random.Next(1, 4)) : LinkTime).ConfigureAwait(false);
            if (clock.Elapsed >= nextReport)
            {
                nextReport += step;
                Footprint now = Footprint.Take();
                start = start == default ? now : start;
                Say($"{clock.Elapsed:hh\\:mm\\:ss}  {counts.Conversations} conversations, {counts.Bytes >> 20} MiB, {counts.Damaged} damaged; {tcpMeter.Connections.Count} connections, {udpMeter.Sockets.Count} sockets, {pool.Lent} blocks; {now.Managed >> 10} KiB of objects, {now.Resident >> 20} MiB of memory; link {link}");
            }
        }

        // A link that does nothing, so that everybody can finish.
        relay.Change(SoakLinks.Parse(""));
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(applications).ConfigureAwait(false);
        await listener.UnbindAsync().ConfigureAwait(false);
        await serving.ConfigureAwait(false);
        ConnectionStatistics done = tcpMeter.Connections.Sum();
        await server.DisposeAsync().ConfigureAwait(false);
        relay.Dispose();
        Footprint end = Footprint.Take();
        long grown = end.Managed - start.Managed;
        Say($"{counts.Kinds}");
        Say($"{done.SegmentsSent} segments, {done.Retransmissions} sent again, {done.Timeouts} timeouts, {done.SpuriousRecoveries} recoveries for nothing; the link lost {relay.Up.Dropped + relay.Down.Dropped}, damaged {relay.Up.Corrupted + relay.Down.Corrupted}");
        Say($"left over: {tcpMeter.Connections.Count} connections, {udpMeter.Sockets.Count} sockets, {pool.Lent} blocks; objects {grown >> 10} KiB more than after the first report");
        bool good = failed == 0 && counts.Damaged == 0 && tcpMeter.Connections.Count == 0 && udpMeter.Sockets.Count == 0 && pool.Lent == 0 && grown < MostGrowth;
        Say($"{(good ? "good" : "NOT GOOD")}");
        return good ? 0 : 1;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
