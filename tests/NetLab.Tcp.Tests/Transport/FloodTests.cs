using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;
using Xunit.Abstractions;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>
/// SYNs of peers that do not exist: whoever does exist still gets in, and memory stays where it was. NETLAB_FLOOD_SECONDS makes it
/// last, at 100,000 a second; without it they are as many as a build that is not optimised takes out of its socket in time.
/// </summary>
[Collection(Alone)]
public sealed class FloodTests(ITestOutputHelper output)
{
    /// <summary>What counts the memory of the whole process has it for itself.</summary>
    public const string Alone = "alone";

    private const int Backlog = 256;
    private const int BatchSize = 50;

    private const int FullRate = 100_000;
    private const int ShortRate = 20_000;

    // Of fewer, one in a hundred would mean nothing.
    private const int LeastClients = 200;
    private const int MostClients = 2_000;

    // However long a machine that has other things to do takes to send them.
    private const int LeastSyns = 10_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    [Fact]
    [Conformance(49)]
    public async Task A_flood_of_syns_keeps_nobody_out_and_fills_nothing()
    {
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("NETLAB_FLOOD_SECONDS"), CultureInfo.InvariantCulture, out int asked) ? asked : 1;
        int rate = asked > 0 ? FullRate : ShortRate;
        await using TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // One socket for all who are honest: their buffers are not what is measured.
        await using TcpEndpoint clients = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions { Remote = server.LocalEndPoint });
        await using TcpConnectionListener listener = server.Listen(Backlog);
        using var over = new CancellationTokenSource();
        Task accepting = AcceptAsync(listener);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long flooded = 0;
        var flood = new Thread(() => Flood(server.LocalEndPoint, rate, ref flooded, over.Token)) { Name = "flood" };
        flood.Start();
        var clock = Stopwatch.StartNew();
        int connected = 0;
        int late = 0;
        while (clock.Elapsed < TimeSpan.FromSeconds(seconds) || connected + late < LeastClients || Volatile.Read(ref flooded) <= LeastSyns)
        {
            if (connected >= MostClients)
            {
                // Each leaves a TIME-WAIT behind, which is not the flood's doing; the flood goes on.
                await Task.Yield();
                continue;
            }

            try
            {
                await using TcpConnection client = await clients.ConnectAsync(server.LocalEndPoint).WaitAsync(Soon);
                connected++;
            }
            catch (Exception error) when (error is TimeoutException or SocketException)
            {
                late++;
            }
        }

        await over.CancelAsync();
        flood.Join();
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{flooded} SYNs in {seconds} s; {connected} honest clients connected, {late} did not within {Soon.TotalSeconds} s; {server.Statistics.CookiesSent} cookies; memory grew by {grown >> 10} KiB");
        Assert.True(flooded > LeastSyns);
        Assert.True(server.Statistics.CookiesSent > 0);
        Assert.True(connected > 0 && late * 100 <= connected + late, $"{late} of {connected + late} were kept out");
        Assert.InRange(grown, long.MinValue, 32 << 20);
        await listener.DisposeAsync();
        await accepting;
    }

    // Whoever gets in is let go again.
    private static async Task AcceptAsync(TcpConnectionListener listener)
    {
        while (await listener.AcceptAsync() is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    // Peers are told apart by their TCP ports too: one socket can be sixty thousand of them.
    private static void Flood(IPEndPoint target, int rate, ref long flooded, CancellationToken over)
    {
        using DatagramSocket socket = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var poller = new DatagramPoller();
        var nothing = new List<DatagramSocket>();
        var random = new Random(1);
        var options = new SegmentOptions { MaxSegmentSize = 1400, SackPermitted = true, Timestamps = new SegmentTimestamps(1, 0), WindowScale = 5 };
        int size = SegmentWriter.SizeOf(options);
        byte[] batch = new byte[size * BatchSize];
        long sent = 0;
        var clock = Stopwatch.StartNew();
        while (!over.IsCancellationRequested)
        {
            if (sent > rate * clock.Elapsed.TotalSeconds)
            {
                poller.Wait(TimeSpan.FromMilliseconds(0.5), nothing);
                continue;
            }

            for (int i = 0; i < BatchSize; i++)
            {
                SegmentWriter.Write(batch.AsSpan(i * size, size), new SegmentHeader
                {
                    SourcePort = (ushort)random.Next(1, 65_536),
                    DestinationPort = (ushort)target.Port,
                    Sequence = new SequenceNumber((uint)random.NextInt64(1L << 32)),
                    Flags = SegmentFlags.Syn,
                    Window = 65_535,
                    Options = options,
                });
            }

            socket.TrySend(batch, size, DatagramAddress.From(target), out int bytes);
            sent += bytes / size;
            Volatile.Write(ref flooded, sent);
        }
    }
}
