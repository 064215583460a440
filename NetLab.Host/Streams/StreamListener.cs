using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>Takes byte streams at an address, by NetLab's TCP or the kernel's.</summary>
internal sealed class StreamListener : IAsyncDisposable
{
    private readonly TcpEndpoint? _endpoint;
    private readonly IAsyncDisposable? _owned;
    private readonly TcpConnectionListener? _listener;
    private readonly Socket? _socket;
    private readonly StreamOptions _options;
    private long _refused;

    private StreamListener(LabAddress address, StreamOptions options, TcpEndpoint endpoint, TcpConnectionListener listener, IAsyncDisposable owned)
    {
        (_options, _endpoint, _listener, _owned) = (options, endpoint, listener, owned);
        Address = address;
    }

    private StreamListener(LabAddress address, StreamOptions options, Socket socket)
    {
        (_options, _socket) = (options, socket);
        Address = address.At((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>Where it listens, with the port the system chose if 0 was asked for.</summary>
    public LabAddress Address { get; }

    /// <summary>Streams that were reset as soon as they came, because the process had too many open files.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>What the streams of NetLab's TCP hold; null for the kernel's.</summary>
    public MemoryBudget? Memory => _endpoint?.Memory;

    /// <summary>Binds.</summary>
    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public static StreamListener Bind(LabAddress address, StreamOptions options)
    {
        IPEndPoint local = address.Resolve(options.AllowRemote);
        try
        {
            switch (address.Transport)
            {
                case LabTransport.Tcp:
                    TcpEndpoint endpoint = TcpEndpoint.Bind(local, options.ToEndpointOptions(() => local) with { TakesAnyChecksum = address.TakesAnyChecksum });
                    local = endpoint.LocalEndPoint;
                    return new StreamListener(address.At(local), options, endpoint, address.UdpPort is null ? endpoint.Listen() : endpoint.ListenAt(address.Port), endpoint);
                case LabTransport.TunTcp or LabTransport.RawTcp:
                    TunLease lease = DeviceEndpoints.Listen(address, local, options.ToTunOptions);
                    TcpConnectionListener listener = ListenAt(address, lease, local, options);
                    return new StreamListener(address.At(new IPEndPoint(local.Address, ((IPEndPoint)listener.EndPoint).Port)), options, lease.Endpoint, listener, lease);
                case LabTransport.KernelTcp:
                    var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(local);
                    socket.Listen();
                    return new StreamListener(address, options, socket);
                default:
                    throw new UsageException($"'{address}': a byte stream is tcp://, kernel-tcp://, tun-tcp:// or raw-tcp://");
            }
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }
    }

    /// <summary>Waits for the next stream.</summary>
    /// <exception cref="IOException">The endpoint behind the listener has ended by an error of its own: no stream will come any more.</exception>
    public async Task<LabStream> AcceptAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null)
        {
            return new LabStream(await AcceptTcpAsync(_listener, _endpoint!, cancellationToken).ConfigureAwait(false), null);
        }

        while (true)
        {
            Socket socket = await _socket!.AcceptAsync(cancellationToken).ConfigureAwait(false);
            if (StreamSlots.TryTake())
            {
                socket.NoDelay = true;
                KernelSockets.Watch(socket, _options.Timeout, _options.KeepAlive);
                return new LabStream(socket, StreamSlots.Return);
            }

            Interlocked.Increment(ref _refused);
            socket.Close(0);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
            await _owned!.DisposeAsync().ConfigureAwait(false);
        }

        _socket?.Dispose();
    }

    /// <summary>Listens at a port of an endpoint on a device; port 0 is any that nobody here listens at.</summary>
    internal static TcpConnectionListener ListenAt(LabAddress address, TunLease lease, IPEndPoint local, StreamOptions options)
    {
        // RFC 6335, 6: those that are nobody's.
        const int FirstDynamic = 49_152;
        for (int port = local.Port == 0 ? FirstDynamic : local.Port; ; port++)
        {
            try
            {
                return lease.Endpoint.ListenAt(port, options: options.ToTunConnectionOptions());
            }
            catch (InvalidOperationException) when (local.Port == 0 && port < ushort.MaxValue)
            {
            }
            catch (InvalidOperationException)
            {
                lease.Forget();
                throw new AddressTakenException($"'{address}': the port is taken");
            }
        }
    }

    private static async Task<TcpConnection> AcceptTcpAsync(TcpConnectionListener listener, TcpEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<TcpConnection?> next = listener.AcceptAsync(ended.Token).AsTask();
        if (await Task.WhenAny(next, endpoint.Completion).ConfigureAwait(false) != next)
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            return await next.ConfigureAwait(false) ?? throw await EndOfAsync(endpoint).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw await EndOfAsync(endpoint).ConfigureAwait(false);
        }
    }

    private static async Task<IOException> EndOfAsync(TcpEndpoint endpoint)
    {
        try
        {
            await endpoint.Completion.ConfigureAwait(false);
            return new IOException("the endpoint was closed");
        }
        catch (Exception error)
        {
            return new IOException($"the endpoint failed: {error.Message}", error);
        }
    }
}
