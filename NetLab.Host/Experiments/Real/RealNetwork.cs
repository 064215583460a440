using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Plots;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Transport;
using NetLab.Udp.Devices;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Real;

/// <summary>
/// Two network namespaces with an emulated link between them. The kernel's TCP in the first one and NetLab's, on a device of its own there, both send
/// through that link to the kernel's TCP in the second. Everything goes when this is disposed of. One thread makes it and its flows.
/// </summary>
internal sealed class RealNetwork : IAsyncDisposable
{
    private const int DeviceMtu = 1500;

    /// <summary>Addresses and a port behind the link.</summary>
    public static readonly IPEndPoint Receiver = new(IPAddress.Parse("10.9.2.1"), 7000);

    /// <summary>NetLab's address; the kernel passes on what comes from there and goes there.</summary>
    public static readonly IPAddress Own = IPAddress.Parse("10.9.3.2");

    private static int _last;

    private readonly TunPair _pair;
    private readonly TunLink _link;
    private readonly TunDevice _own;
    private readonly Lock _lock = new();
    private readonly List<(Instant At, TimeSpan Wait)> _waits = [];
    private readonly string _first;

    private RealNetwork(TunPair pair, string first, string second, LinkDescription link, ulong seed)
    {
        (_pair, _first, SecondNamespace) = (pair, first, second);
        _link = new TunLink(pair.First, pair.Second, link, seed, PacketKind.Matches) { Log = OnOutcome };
        _own = TunDevice.Create("nlab1", PathOf(first));
        try
        {
            // The kernel has an address there, or it would take nothing from the device.
            foreach (string[] step in (string[][])[["link", "set", "nlab1", "mtu", $"{DeviceMtu}", "txqueuelen", "1000", "up"], ["addr", "add", "10.9.3.1/24", "dev", "nlab1"]])
            {
                NetworkNamespace.Ip(["-n", first, .. step]);
            }

            // What one flow learned of the path is nothing to the next.
            NetworkNamespace.Ip("netns", "exec", first, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save");
            Listener = Open(second, socket =>
            {
                socket.Bind(Receiver);
                socket.Listen();
            });

            // The last that may fail: it has a thread.
            Endpoint = TcpEndpoint.Open(new IpInterface(_own, Own));
            _link.Start();
        }
        catch
        {
            Listener?.Dispose();
            _own.Dispose();
            _link.Dispose();
            throw;
        }
    }

    /// <summary>NetLab's TCP.</summary>
    public TcpEndpoint Endpoint { get; }

    /// <summary>The kernel's, behind the link.</summary>
    public Socket Listener { get; }

    /// <summary>The namespace of the kernel that sends.</summary>
    public string FirstNamespace => _first;

    /// <summary>The namespace of the kernel that receives.</summary>
    public string SecondNamespace { get; }

    /// <summary>What the link did with what was sent.</summary>
    public LinkStatistics Up => _link.Up;

    /// <summary>What the link did with what came back.</summary>
    public LinkStatistics Down => _link.Down;

    /// <summary>Makes one.</summary>
    /// <param name="link">The link; up is where the data goes.</param>
    /// <param name="seed">The seed of everything random on it.</param>
    /// <exception cref="UsageException">It cannot be done here: one line that says which right or program is missing.</exception>
    public static RealNetwork Open(string link, ulong seed)
    {
        int number = Interlocked.Increment(ref _last);
        string name = string.Create(CultureInfo.InvariantCulture, $"nlab-lab-{Environment.ProcessId}-{number}");
        NetworkNamespace.RemoveAbandoned();
        TunPair pair = TunPair.Create(($"{name}a", $"{name}b"), (TunAddress.Parse("tun://10.9.1.1/24"), TunAddress.Parse("tun://10.9.2.1/24")), DeviceMtu);
        try
        {
            return new RealNetwork(pair, $"{name}a", $"{name}b", LinkText.Parse(link), seed);
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    /// <summary>A socket of the kernel's TCP in the first namespace, that is connected to the receiver.</summary>
    /// <param name="congestion">The kernel's name of a congestion control; null for its own choice.</param>
    public Socket Connect(string? congestion)
    {
        Socket socket = Open(_first, socket => KernelTcp.SetCongestion(socket, congestion));
        try
        {
            socket.Connect(Receiver);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>How long each packet has waited on its way up, so far.</summary>
    /// <param name="begin">What counts as zero.</param>
    public IReadOnlyList<Point> Waits(Instant begin)
    {
        lock (_lock)
        {
            return [.. _waits.Where(w => w.At >= begin).Select(w => new Point((w.At - begin).TotalSeconds, w.Wait.TotalMilliseconds))];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Listener.Dispose();
        await Endpoint.DisposeAsync().ConfigureAwait(false);
        _link.Dispose();
        _pair.Dispose();
    }

    private static string PathOf(string name) => $"/run/netns/{name}";

    private static Socket Open(string name, Action<Socket> prepare) => NetworkNamespaceThread.Run(PathOf(name), () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            prepare(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    private void OnOutcome(bool isUp, LinkOutcome outcome)
    {
        // Headers alone are no part of the queue that is drawn.
        if (isUp && outcome.Length > 100)
        {
            lock (_lock)
            {
                _waits.Add((outcome.EnteredAt, outcome.Waited));
            }
        }
    }
}
