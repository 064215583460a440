using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>Takes byte streams at an address, by NetLab's TCP or the kernel's.</summary>
internal sealed class StreamListener : IAsyncDisposable
{
    private readonly TcpEndpoint? _endpoint;
    private readonly TcpConnectionListener? _listener;
    private readonly Socket? _socket;
    private readonly StreamOptions _options;

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
    public async Task<LabStream> AcceptAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null)
        {
            TcpConnection connection = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new OperationCanceledException("The listener was closed.");
            return new LabStream(connection, null);
        }

        Socket socket = await _socket!.AcceptAsync(cancellationToken).ConfigureAwait(false);
        socket.NoDelay = true;
        KernelSockets.Watch(socket, _options.Timeout);
        return new LabStream(socket);
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
}
