using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// NetLab's TCP on a real UDP socket, or on a device for IP packets: one carrier, one loop on a thread of its own, any number of connections.
/// The loop alone touches the machines, so nothing is locked; applications meet it only in their pipes. Safe for use by several threads.
/// </summary>
public sealed class TcpEndpoint : IAsyncDisposable
{
    private readonly EndpointLoop _loop;
    private readonly IpCarrier? _ip;
    private int _disposed;

    private TcpEndpoint(EndpointLoop loop, IpCarrier? ip = null) => (_loop, _ip) = (loop, ip);

    /// <summary>The UDP address the endpoint is bound to; of one on a device its IP address, and port 0.</summary>
    public IPEndPoint LocalEndPoint => _loop.LocalEndPoint;

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics => _loop.Statistics;

    /// <summary>What has passed through the socket, a moment ago.</summary>
    public DatagramSocketStatistics SocketStatistics => _loop.SocketStatistics;

    /// <summary>What became of IP packets; null where a UDP socket carries segments.</summary>
    public IpStatistics? IpStatistics => _ip?.IpStatistics;

    /// <summary>What its connections hold together, and how much that may be.</summary>
    public MemoryBudget Memory => _loop.Memory;

    /// <summary>
    /// Completes when the endpoint has ended; fails if it ended by an error of its own. Whoever serves watches it: its listener's
    /// <see cref="TcpConnectionListener.AcceptAsync"/> ends with it.
    /// </summary>
    public Task Completion => _loop.Completion;

    /// <summary>
    /// What <see cref="TcpEndpointOptions.Tap"/> threw, or null if it has not: it is told nothing any more then, and the connections go on.
    /// </summary>
    public Exception? TapFailure => _loop.TapFailure;

    /// <summary>Binds an endpoint to a local UDP address and starts its loop.</summary>
    /// <param name="local">Address and port; port 0 lets the system choose.</param>
    /// <param name="options">How it is set up; null for the defaults.</param>
    /// <exception cref="SocketException">The address is taken or not this machine's.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or options contradict each other.</exception>
    public static TcpEndpoint Bind(IPEndPoint local, TcpEndpointOptions? options = null) => Bind(local, options, keepsSocket: false);

    /// <summary>The same of one of several on a port.</summary>
    internal static TcpEndpoint Bind(IPEndPoint local, TcpEndpointOptions? options, bool keepsSocket)
    {
        options ??= new TcpEndpointOptions();
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var socket = DatagramSocket.Bind(local, options.Socket with { Remote = options.Remote, DontFragment = options.Socket.DontFragment || options.Connection.MtuSearch });
        return new TcpEndpoint(new EndpointLoop(new UdpCarrier(socket, options.Remote, options.TakesAnyChecksum), options, keepsSocket));
    }

    /// <summary>
    /// Makes an endpoint whose segments travel in IP packets as everybody's do, and starts its loop. Its connections have the MSS of the device's MTU,
    /// if <see cref="ConnectionOptions.MaxSegmentSize"/> is not less; it may listen at any number of ports.
    /// </summary>
    /// <param name="network">The device, which is the endpoint's from now on, and our addresses.</param>
    /// <param name="options">How it is set up; null for the defaults. Nothing is taken from its socket but where is counted, nor from its only peer.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or options contradict each other.</exception>
    public static TcpEndpoint Open(IpInterface network, TcpEndpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new TcpEndpointOptions();
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var carrier = new IpCarrier(network, MonotonicClock.Shared, options.Socket.Counts);
        return new TcpEndpoint(new EndpointLoop(carrier, options, keepsSocket: false), carrier);
    }

    /// <summary>Opens a connection and waits until it is established.</summary>
    /// <param name="remote">The peer's UDP address; its port is also the destination port in the TCP header.</param>
    /// <param name="cancellationToken">Gives up: if a SYN has been sent, a RST follows it.</param>
    /// <exception cref="SocketException">Refused, or timed out.</exception>
    public Task<TcpConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken = default) => ConnectAsync(remote, null, cancellationToken);

    /// <summary>The same of a connection that behaves in another way than the endpoint's others.</summary>
    /// <param name="remote">The peer.</param>
    /// <param name="connectionOptions">How it behaves; null for as the others.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">Refused, or timed out.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Task<TcpConnection> ConnectAsync(IPEndPoint remote, ConnectionOptions? connectionOptions, CancellationToken cancellationToken = default) =>
        ConnectAsync(remote, null, connectionOptions, cancellationToken);

    /// <summary>The same to a peer whose TCP port is not its UDP port.</summary>
    /// <param name="remote">The peer's UDP address.</param>
    /// <param name="port">The destination port in the TCP header; null for the UDP port.</param>
    /// <param name="connectionOptions">How the connection behaves; null for as the endpoint's others.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">Refused, or timed out.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public async Task<TcpConnection> ConnectAsync(IPEndPoint remote, int? port, ConnectionOptions? connectionOptions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(remote);
        CheckPeer(remote);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        var connection = new TcpConnection(_loop, remote, acceptQueue: null);
        _loop.Open(connection, remote, checked((ushort)(port ?? remote.Port)), connectionOptions);
        try
        {
            await connection.Established.WaitAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    // Here and not on the loop: a mistake is the caller's, and must not be everybody's.
    private void CheckPeer(IPEndPoint remote)
    {
        ArgumentOutOfRangeException.ThrowIfZero(remote.Port, nameof(remote));
        if (IPAddress.Any.Equals(remote.Address) || IPAddress.IPv6Any.Equals(remote.Address))
        {
            throw new ArgumentException($"{remote} is no address to connect to.", nameof(remote));
        }

        if (_ip is null ? remote.AddressFamily != LocalEndPoint.AddressFamily : !_ip.Reaches(remote.Address))
        {
            throw new ArgumentException($"{remote} cannot be reached from {LocalEndPoint}.", nameof(remote));
        }
    }

    /// <summary>Answers connection requests from now on. An endpoint has one listener.</summary>
    /// <param name="backlog">How many connections may be half open or not yet accepted; at least 1.</param>
    /// <exception cref="InvalidOperationException">It has one already.</exception>
    public TcpConnectionListener Listen(int backlog = 512)
    {
        var accepted = Channel.CreateUnbounded<TcpConnection>(
            new UnboundedChannelOptions { AllowSynchronousContinuations = _loop.Options.UnsafePreferInlineScheduling });
        Listen(backlog, accepted);
        return new TcpConnectionListener([this], accepted);
    }

    /// <summary>Answers connection requests at a TCP port from now on, and at others of the same endpoint not by that.</summary>
    /// <param name="port">The TCP port, 1 to 65535.</param>
    /// <param name="backlog">How many connections may be half open or not yet accepted; at least 1.</param>
    /// <param name="options">How accepted connections behave; null for as the endpoint's others.</param>
    /// <exception cref="InvalidOperationException">It listens there already.</exception>
    public TcpConnectionListener ListenAt(int port, int backlog = 512, ConnectionOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var accepted = Channel.CreateUnbounded<TcpConnection>(
            new UnboundedChannelOptions { AllowSynchronousContinuations = _loop.Options.UnsafePreferInlineScheduling });
        _loop.Listen((ushort)port, backlog, accepted, options);
        return new TcpConnectionListener([this], accepted, port: port);
    }

    /// <summary>The same into a queue that others may put connections into as well.</summary>
    internal void Listen(int backlog, ChannelWriter<TcpConnection> accepted)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _loop.Listen(null, backlog, accepted, null);
    }

    /// <summary>
    /// Ends the endpoint: waits up to <see cref="TcpEndpointOptions.Linger"/> for connections that were closed to finish,
    /// resets what is left, and closes the socket.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _loop.Close();
        }

        await _loop.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Where its applications go on.</summary>
    internal PipeScheduler ApplicationScheduler => _loop.ApplicationScheduler;

    internal void CloseSocket() => _loop.CloseSocket();

    internal void StopListening(ChannelWriter<TcpConnection> accepted) => _loop.StopListening(accepted);

    /// <summary>Has something done on the loop; an exception of it ends the endpoint.</summary>
    internal bool TryPost(Action command) => _loop.TryPost(command);
}
