using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetLab.Host.Experiments.Real;
using NetLab.Host.Streams;
using NetLab.Host.Tests.Experiments;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Devices;

namespace NetLab.Host.Tests.Relays;

/// <summary>What the kernel says was sent again (ss -ti, TCP_INFO, its counters) and what NetLab's event log says is the same, whichever of them sent it.</summary>
[Collection(nameof(RealNetworks))]
public sealed partial class RetransmissionTests
{
    private const int Bytes = 2 << 20;
    private const int Port = 7001;

    // In the middle, where others follow from which a hole is seen, some of them side by side.
    private static readonly int[] Dropped = [40, 90, 91, 92, 200, 333, 500, 505, 700, 1000];

    /// <summary>
    /// The kernel sends: what ss counts is what the link dropped and what NetLab's event log has twice. What fills a hole that later bytes
    /// showed is in the log as well, out of order; of a segment that was the last in flight no receiver can tell that it is the second one.
    /// </summary>
    [TunFact]
    public async Task What_the_kernel_sends_again_NetLab_sees_come_again()
    {
        await using RealNetwork network = RealNetwork.Open(Link("down"), 7);
        var log = new LockedLog();
        TcpConnectionListener listener = network.Endpoint.ListenAt(Port, options: new ConnectionOptions { Observe = _ => log, MaxSegmentSize = 1460 });
        ValueTask<TcpConnection?> accepting = listener.AcceptAsync();
        using Socket kernel = NetworkNamespaceThread.Run($"/run/netns/{network.SecondNamespace}", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await Task.Run(() => kernel.Connect(new IPEndPoint(RealNetwork.Own, Port)));
        await using TcpConnection connection = (await accepting)!;
        await using var stream = new TcpConnectionStream(connection);
        Task sending = Task.Run(() => SendAll(kernel));
        await stream.ReadExactlyAsync(new byte[Bytes]).AsTask().WaitAsync(Patience);
        await sending.WaitAsync(Patience);

        // The last acknowledgment is on its way; what was sent again for want of it as well.
        (long Ss, long Information, long Dropped, int Twice, int Late) counts = default;
        long bytes = 0;
        for (long start = Stopwatch.GetTimestamp(); ;)
        {
            if (KernelSockets.Unacknowledged(kernel) == 0)
            {
                (int twice, int late, bytes) = CameAgain(log.Events);
                counts = (SaidBySs(network.SecondNamespace, Port), KernelTcp.Read(kernel).Retransmissions, network.Down.ScriptedDrops, twice, late);
                if (counts.Ss == counts.Information && counts.Ss == counts.Dropped + counts.Twice)
                {
                    break;
                }
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"ss: {counts.Ss}, TCP_INFO: {counts.Information}, dropped by the link: {counts.Dropped}, event log: {counts.Twice} twice, {counts.Late} late");
            await Task.Yield();
        }

        Assert.Equal(Dropped.Length, counts.Dropped);
        Assert.InRange(counts.Late, 1, Dropped.Length);

        // The log has all that came: what it has twice is what came twice.
        Assert.Equal(Bytes, bytes);
    }

    /// <summary>NetLab sends: what its event log counts is what the link dropped and what the kernel reports to have come twice.</summary>
    [TunFact]
    public async Task What_NetLab_sends_again_the_kernel_missed_or_had_twice()
    {
        await using RealNetwork network = RealNetwork.Open(Link("up"), 7);
        var log = new LockedLog();
        Task<Socket> accepting = network.Listener.AcceptAsync();
        await using TcpConnection connection = await network.Endpoint.ConnectAsync(RealNetwork.Receiver, new ConnectionOptions { Observe = _ => log, MaxSegmentSize = 1460 });
        using Socket kernel = await accepting;
        Task<int> receiving = Task.Run(() => ReceiveAll(kernel));
        await connection.Transport.Output.WriteAsync(new byte[Bytes]);
        Assert.Equal(Bytes, await receiving.WaitAsync(Patience));
        await connection.WaitForAcknowledgedAsync().WaitAsync(Patience);
        (long Log, long Dropped, long Twice) counts = default;
        for (long start = Stopwatch.GetTimestamp(); ;)
        {
            ConnectionEvent[] events = log.Events;
            counts = (events.Count(e => e.IsRetransmission), network.Up.ScriptedDrops, Counter(network.SecondNamespace, "TCPDSACKOldSent") + Counter(network.SecondNamespace, "TCPDSACKOfoSent"));
            if (counts.Log == counts.Dropped + counts.Twice)
            {
                break;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"event log: {counts.Log}, dropped by the link: {counts.Dropped}, had twice by the kernel: {counts.Twice}");
            await Task.Yield();
        }

        Assert.Equal(Dropped.Length, counts.Dropped);
        Assert.Equal(counts.Log, connection.Statistics.Retransmissions);

        // ss -ti of the receiver: all of it came, and what came behind a hole came out of order.
        string said = Ss(network.SecondNamespace, RealNetwork.Receiver.Port);
        Assert.Equal(Bytes, long.Parse(BytesReceived().Match(said).Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.True(long.Parse(OutOfOrder().Match(said).Groups[1].Value, CultureInfo.InvariantCulture) > 0, said);
    }

    private static string Link(string direction) => $"delay=2ms,rate=50M,queue=1M,{string.Join(',', Dropped.Select(n => $"{direction}.drop=DATA#{n}"))}";

    // The link keeps the order: what begins before the end of what came was sent again, to fill a hole (late) or for nothing (twice).
    private static (int Twice, int Late, long Bytes) CameAgain(IEnumerable<ConnectionEvent> events)
    {
        (int twice, int late, long bytes) = (0, 0, 0);
        var had = new HashSet<uint>();
        uint? highest = null;
        foreach (ConnectionEvent e in events.Where(e => e.Kind == ConnectionEventKind.SegmentReceived && e.PayloadLength > 0))
        {
            uint start = e.Header.Sequence.Value;
            bool isNew = had.Add(start);
            bytes += isNew ? e.PayloadLength : 0;
            if (highest is { } end && unchecked((int)(start - end)) < 0)
            {
                (twice, late) = isNew ? (twice, late + 1) : (twice + 1, late);
                continue;
            }

            highest = unchecked(start + (uint)e.PayloadLength);
        }

        return (twice, late, bytes);
    }

    private static void SendAll(Socket socket)
    {
        byte[] bytes = new byte[Bytes];
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += socket.Send(bytes.AsSpan(sent));
        }
    }

    private static int ReceiveAll(Socket socket)
    {
        byte[] buffer = new byte[64 << 10];
        int received = 0;
        while (received < Bytes && socket.Receive(buffer) is > 0 and var read)
        {
            received += read;
        }

        return received;
    }

    private static long SaidBySs(string name, int port) => Retransmitted().Match(Ss(name, port)) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    private static string Ss(string name, int port) => Run("ip", "netns", "exec", name, "ss", "-tinH", $"( sport = :{port} or dport = :{port} )");

    private static long Counter(string name, string counter)
    {
        string[][] lines = [.. Run("ip", "netns", "exec", name, "cat", "/proc/net/netstat").Split('\n').Where(l => l.StartsWith("TcpExt:", StringComparison.Ordinal)).Select(l => l.Split(' '))];
        return long.Parse(lines[1][Array.IndexOf(lines[0], counter)], CultureInfo.InvariantCulture);
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    // retrans: now out / in all.
    [GeneratedRegex(@"\bretrans:\d+/(\d+)")]
    private static partial Regex Retransmitted();

    [GeneratedRegex(@"\bbytes_received:(\d+)")]
    private static partial Regex BytesReceived();

    [GeneratedRegex(@"\brcv_ooopack:(\d+)")]
    private static partial Regex OutOfOrder();

    // Written on the endpoint's thread, and read here.
    private sealed class LockedLog : IConnectionObserver
    {
        private readonly ConnectionEventLog _log = new(1_000_000);
        private readonly Lock _lock = new();

        public ConnectionEvent[] Events
        {
            get
            {
                lock (_lock)
                {
                    Assert.Equal(0, _log.Forgotten);
                    return [.. _log.Events];
                }
            }
        }

        public void OnEvent(in ConnectionEvent happened)
        {
            lock (_lock)
            {
                _log.OnEvent(happened);
            }
        }
    }
}
