using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Memory;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// NetLab's TCP on a real UDP socket: one socket, one loop on a thread of its own, any number of connections.
/// The loop alone touches the machines, so nothing is locked; applications meet it only in their pipes.
/// </summary>
public sealed partial class TcpEndpoint : IAsyncDisposable
{
    // How many batches are taken before the others get a turn: applications, acknowledgments, timers. Each holds up to 64 KiB; with
    // many more, a sender that fills the window waits while the receiver works, and the receiver while the sender does.
    private const int TurnLength = 4;

    // Under a load that never pauses the timers get their turn all the same: every 64 batches, a few milliseconds at most.
    private const int MostTurnsWithoutTimers = 16;

    // As many as a batch of the kernel may hold (UDP_MAX_SEGMENTS).
    private const int DatagramSegments = 64;

    private static readonly TimeSpan OverflowPause = TimeSpan.FromSeconds(10);

    // A lost last ACK shows after the peer's RTO: the least one is 200 ms, and the first back-off doubles it.
    private static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(600);

    private readonly TcpEndpointOptions _options;
    private readonly DatagramSocket _socket;
    private readonly DatagramPoller _poller = new();
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly Demultiplexer _demultiplexer;
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConcurrentQueue<TcpConnection> _signals = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength);
    private readonly byte[] _outgoing = GC.AllocateUninitializedArray<byte>(DatagramSocket.MaxDatagramSize);
    private readonly HashSet<TcpConnection> _connections = [];
    private readonly LoopScheduler _scheduler;
    private readonly Thread _thread;
    private (DatagramAddress To, int Offset, TransmitResult Batch)? _blocked;
    private readonly ReceiveModeration _moderation = new();
    private Instant _lastReceivedAt;
    private Instant _trimAt = Instant.Never;
    private bool _isBrisk;
    private bool _wasEmpty;
    private Instant? _lingersUntil;
    private Instant? _quietUntil;
    private bool _hasReset;
    private Instant _overflowSaidAt = new(long.MinValue / 2);
    private long _overflowsSaid;
    private int _disposed;
    private volatile bool _ended;

    private TcpEndpoint(DatagramSocket socket, TcpEndpointOptions options)
    {
        _socket = socket;
        _options = options;
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        _demultiplexer = new Demultiplexer(new EndpointSecrets(BitConverter.ToUInt64(secret), BitConverter.ToUInt64(secret[8..])), new MemoryBudget(options.MemoryLimit))
        {
            Entered = Attach,
            Left = entry => options.Meter.Connections.Remove(entry.Connection.Statistics),
        };
        options.Meter.Endpoints.Add(_demultiplexer.Statistics);
        Logger = options.LoggerFactory.CreateLogger(TcpLog.Category);
        _poller.Add(socket);
        _scheduler = new LoopScheduler(WakeLoop);
        Pipes = new ConnectionPipes(options, ApplicationScheduler);
        _thread = new Thread(Run) { IsBackground = true, Name = $"tcp endpoint {socket.LocalEndPoint}" };
        TcpLog.Bound(Logger, socket.LocalEndPoint);
        _thread.Start();
    }

    /// <summary>The UDP address the endpoint is bound to.</summary>
    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics => _demultiplexer.Statistics;

    /// <summary>What has passed through the socket, a moment ago.</summary>
    public DatagramSocketStatistics SocketStatistics => _socket.Statistics;

    /// <summary>What its connections hold together, and how much that may be.</summary>
    public MemoryBudget Memory => _demultiplexer.Memory;

    /// <summary>Completes when the endpoint has ended; fails if it ended by an error of its own.</summary>
    public Task Completion => _completion.Task;

    internal TcpEndpointOptions Options => _options;

    /// <summary>Where applications go on when what they waited for has come.</summary>
    internal PipeScheduler ApplicationScheduler => _options.UnsafePreferInlineScheduling ? _scheduler : PipeScheduler.ThreadPool;

    internal ConnectionPipes Pipes { get; }

    /// <summary>
    /// Whether the socket stays open when the endpoint has ended, until <see cref="CloseSocket"/>: where several share a port, one that
    /// goes makes the system hand out the peers of the others anew.
    /// </summary>
    internal bool KeepsSocket { get; init; }

    internal ILogger Logger { get; }

    private bool IsOnLoop => Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    internal Instant Now => _clock.Now;

    /// <summary>Binds an endpoint to a local UDP address and starts its loop.</summary>
    /// <param name="local">Address and port; port 0 lets the system choose.</param>
    /// <param name="options">How it is set up; null for the defaults.</param>
    /// <exception cref="SocketException">The address is taken or not this machine's.</exception>
    /// <exception cref="ArgumentException">The connection options contradict themselves.</exception>
    public static TcpEndpoint Bind(IPEndPoint local, TcpEndpointOptions? options = null) => Bind(local, options, keepsSocket: false);

    /// <summary>The same of one of several on a port.</summary>
    internal static TcpEndpoint Bind(IPEndPoint local, TcpEndpointOptions? options, bool keepsSocket)
    {
        options ??= new TcpEndpointOptions();
        if (options.Connection.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        return new TcpEndpoint(DatagramSocket.Bind(local, options.Socket with { Remote = options.Remote, DontFragment = options.Socket.DontFragment || options.Connection.MtuSearch }), options) { KeepsSocket = keepsSocket };
    }

    /// <summary>Opens a connection and waits until it is established.</summary>
    /// <param name="remote">The peer's UDP address; its port is also the destination port in the TCP header.</param>
    /// <param name="cancellationToken">Gives up; the connection is then closed in silence.</param>
    /// <exception cref="SocketException">Refused, or timed out.</exception>
    public async Task<TcpConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(remote);
        CheckPeer(remote);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var connection = new TcpConnection(this, remote);
        Post(() =>
        {
            _connections.Add(connection);
            try
            {
                _demultiplexer.Open(_clock.Now, DatagramAddress.From(remote), _options.Connection, connection);
            }
            catch (Exception error)
            {
                connection.Fail(error);
            }
        });
        if (_ended)
        {
            connection.Fail(new ObjectDisposedException(nameof(TcpEndpoint)));
        }

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

    private void Attach(ConnectionEntry entry)
    {
        (entry.Connection.Handler as TcpConnection)?.Attach(entry);
        _options.Meter.Connections.Add(entry.Connection.Statistics);
    }

    // Here and not on the loop: a mistake is the caller's, and must not be everybody's.
    private void CheckPeer(IPEndPoint remote)
    {
        ArgumentOutOfRangeException.ThrowIfZero(remote.Port, nameof(remote));
        if (IPAddress.Any.Equals(remote.Address) || IPAddress.IPv6Any.Equals(remote.Address))
        {
            throw new ArgumentException($"{remote} is no address to connect to.", nameof(remote));
        }

        if (remote.AddressFamily != LocalEndPoint.AddressFamily)
        {
            throw new ArgumentException($"{remote} cannot be reached from {LocalEndPoint}.", nameof(remote));
        }
    }

    /// <summary>Answers connection requests from now on. An endpoint has one listener.</summary>
    /// <param name="backlog">How many connections may be half open or not yet accepted.</param>
    public TcpConnectionListener Listen(int backlog = 512)
    {
        var accepted = Channel.CreateUnbounded<TcpConnection>(
            new UnboundedChannelOptions { AllowSynchronousContinuations = _options.UnsafePreferInlineScheduling });
        Listen(backlog, accepted);
        return new TcpConnectionListener([this], accepted);
    }

    /// <summary>The same into a queue that others may put connections into as well.</summary>
    internal void Listen(int backlog, ChannelWriter<TcpConnection> accepted)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var listener = new Listener(_options.Connection, backlog, peer =>
        {
            var connection = new TcpConnection(this, peer.ToIPEndPoint()) { AcceptQueue = accepted };
            _connections.Add(connection);
            return connection;
        });

        if (IsOnLoop)
        {
            // Of an application that goes on there: to wait for oneself would be for ever.
            _demultiplexer.Listen(listener);
            return;
        }

        // On the loop before this returns: a SYN that arrives right after finds the listener.
        var listening = new TaskCompletionSource();
        Post(() =>
        {
            try
            {
                _demultiplexer.Listen(listener);
                listening.TrySetResult();
            }
            catch (InvalidOperationException error)
            {
                listening.TrySetException(error);
            }
        });
        if (_ended)
        {
            listening.TrySetException(new ObjectDisposedException(nameof(TcpEndpoint)));
        }

        listening.Task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Ends the endpoint: waits up to <see cref="TcpEndpointOptions.Linger"/> for connections that were closed to finish,
    /// resets what is left, and closes the socket.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Post(() =>
            {
                _demultiplexer.StopListening();
                _lingersUntil = _clock.Now + _options.Linger;
            });
        }

        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal void CloseSocket() => _socket.Dispose();

    internal void StopListening() => Post(_demultiplexer.StopListening);

    /// <summary>An application did something to its pipes: the loop looks at them.</summary>
    internal void Signal(TcpConnection connection)
    {
        _signals.Enqueue(connection);
        WakeLoop();
    }

    /// <summary>A connection is over.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="aborted">Whether this side broke it off.</param>
    internal void Forget(TcpConnection connection, bool aborted)
    {
        // On the loop it is one of ours; a connection that a caller fails after the end was never added.
        if (IsOnLoop)
        {
            _connections.Remove(connection);
            _hasReset |= aborted;
        }
    }

    /// <summary>Has something done on the loop.</summary>
    /// <returns>False once the loop has ended: then it may be done never.</returns>
    internal bool TryPost(Action command)
    {
        Post(command);
        return !_ended;
    }

    // The loop itself looks for what there is to do before it waits.
    private void WakeLoop()
    {
        if (!IsOnLoop)
        {
            _poller.Wake();
        }
    }

    private void Post(Action command)
    {
        _commands.Enqueue(command);
        WakeLoop();
    }
}
