using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NetLab.Host.Recording;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Streams;

/// <summary>How the lab opens byte streams.</summary>
/// <param name="Timeout">How long a peer may be silent; null for as long as it likes.</param>
/// <param name="AllowRemote">Whether another machine may be reached.</param>
/// <param name="Recorder">Records datagrams; null for not.</param>
internal sealed record StreamOptions(TimeSpan? Timeout, bool AllowRemote, LabRecorder? Recorder = null)
{
    private const int KeepAliveProbes = 4;

    private static readonly TimeSpan UsualLinger = new TcpEndpointOptions().Linger;

    /// <summary>The place's name in a recording.</summary>
    public string Place { get; init; } = "nlab";

    /// <summary>
    /// When an idle peer of a service is asked for a sign of life, with a quarter of that between further questions: soon enough that
    /// peers which vanished do not add up, seldom enough to be no traffic.
    /// </summary>
    public static TimeSpan ServiceKeepAlive { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Idle time before a peer is asked for a sign of life where <see cref="Timeout"/> says nothing; null for never.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>
    /// How long an endpoint that is done goes on saying its goodbyes: a command's for as long as its peer may be silent, since what the
    /// kernel's TCP goes on with behind a program that has ended, NetLab's can only do in it.
    /// </summary>
    public TimeSpan Linger => Timeout is { } timeout && timeout > UsualLinger ? timeout : UsualLinger;

    /// <summary>The congestion control of NetLab's TCP.</summary>
    public CongestionAlgorithm Congestion { get; init; } = new ConnectionOptions().Congestion;

    /// <summary>Where endpoints write to their log.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The local port to connect from; 0 lets the system choose.</summary>
    public int LocalPort { get; init; }

    /// <summary>Whether the place goes into the recording without UDP headers too.</summary>
    public bool RecordsAsTcp { get; init; } = true;

    /// <summary>What all of NetLab's TCP in the process may hold together; null where each endpoint has a limit of its own.</summary>
    public SharedMemoryLimit? Memory { get; init; }

    /// <summary>Sees each datagram besides the recorder; null for not.</summary>
    public DatagramTap? Watch { get; init; }

    /// <summary>What the endpoint's socket is to be watched by; null for nothing.</summary>
    /// <param name="localEndPoint">The socket's own address.</param>
    public DatagramTap? TapAt(Func<IPEndPoint> localEndPoint)
    {
        DatagramTap? recording = Recorder?.AddPlace(Place, localEndPoint, RecordsAsTcp);
        return recording + Watch;
    }

    /// <summary>An endpoint of NetLab's TCP by these options.</summary>
    /// <param name="localEndPoint">The endpoint's own address, once it is known.</param>
    public TcpEndpointOptions ToEndpointOptions(Func<IPEndPoint> localEndPoint) => new()
    {
        Connection = ToConnectionOptions(),
        Tap = TapAt(localEndPoint),
        LoggerFactory = Loggers,
        Linger = Linger,
        SharedMemory = Memory,
        MemoryLimit = Memory?.Limit,
    };

    /// <summary>An endpoint of NetLab's TCP on a TUN device by these options.</summary>
    /// <param name="addresses">The endpoint's own addresses.</param>
    public TcpEndpointOptions ToTunOptions(IReadOnlyList<IPAddress> addresses) => new()
    {
        Connection = ToTunConnectionOptions(),
        Tap = Recorder?.AddDevice(Place, addresses) + Watch,
        LoggerFactory = Loggers,
        Linger = Linger,
        SharedMemory = Memory,
        MemoryLimit = Memory?.Limit,
    };

    /// <summary>The same as options of a connection on a TUN device, whose MTU says how large segments are.</summary>
    public ConnectionOptions ToTunConnectionOptions() => ToConnectionOptions() with { MaxSegmentSize = ConnectionOptions.LargestSegmentSize };

    /// <summary>The same as options of NetLab's TCP.</summary>
    public ConnectionOptions ToConnectionOptions()
    {
        var options = new ConnectionOptions { Observe = Recorder?.Observe, Congestion = Congestion };
        return Timeout is not { } timeout
            ? options with { KeepAlive = KeepAlive, KeepAliveInterval = (KeepAlive / KeepAliveProbes) ?? options.KeepAliveInterval, KeepAliveProbes = KeepAliveProbes }
            : options with
            {
                UserTimeout = timeout,

                // Idle for a third of the time-out, then four questions in what is left: noticed before it is over.
                KeepAlive = timeout / 3,
                KeepAliveInterval = timeout / 6,
                KeepAliveProbes = 3,
            };
    }
}
