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
    private readonly TcpConnectionListener? _listener;
    private readonly Socket? _socket;
    private readonly StreamOptions _options;
    private long _refused;

    private StreamListener(LabAddress address, StreamOptions options, TcpEndpoint? endpoint, Socket? socket)
    {
        _options = options;
        _endpoint = endpoint;
        _listener = endpoint?.Listen();
        _socket = socket;
        Address = address.At(endpoint?.LocalEndPoint ?? (IPEndPoint)socket!.LocalEndPoint!);
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
                    TcpEndpoint endpoint = TcpEndpoint.Bind(local, options.ToEndpointOptions(() => local));
                    local = endpoint.LocalEndPoint;
                    return new StreamListener(address, options, endpoint, null);
                case LabTransport.KernelTcp:
                    var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(local);
                    socket.Listen();
                    return new StreamListener(address, options, null, socket);
                default:
                    throw new UsageException($"'{address}': a byte stream is tcp:// or kernel-tcp://");
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
        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync().ConfigureAwait(false);
        }

        _socket?.Dispose();
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
