using System.Net;
using System.Net.Sockets;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Measurement.Streams;

/// <summary>Takes measured streams at an address, by NetLab's TCP or the kernel's.</summary>
internal sealed class StreamPerfListener : IAsyncDisposable
{
    private readonly TcpEndpoint? _endpoint;
    private readonly TcpConnectionListener? _listener;
    private readonly TunLease? _lease;
    private readonly Socket? _socket;
    private readonly bool _polls;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address is taken or not this machine's.</exception>
    /// <exception cref="UsageException">The same, of an address on a TUN device.</exception>
    public StreamPerfListener(LabAddress address, IPEndPoint local, bool polls, LabRecorder? recorder)
    {
        _polls = polls;
        if (address.IsOverIp)
        {
            // The device's MTU says how large segments are.
            var streams = new StreamOptions(null, AllowRemote: true, recorder) { Place = "perf" };
            _lease = DeviceEndpoints.Listen(address, local, addresses => streams.ToTunOptions(addresses) with
            {
                UnsafePreferInlineScheduling = true,
                BusyPoll = polls ? Polling.Time : TimeSpan.Zero,
            });
            _listener = StreamListener.ListenAt(address, _lease, local, streams);
            LocalEndPoint = new IPEndPoint(local.Address, ((IPEndPoint)_listener.EndPoint).Port);
            return;
        }

        if (address.Transport == LabTransport.Tcp)
        {
            _endpoint = TcpEndpoint.Bind(local, new TcpEndpointOptions
            {
                TakesAnyChecksum = address.TakesAnyChecksum,

                // Nothing measured here ever blocks.
                UnsafePreferInlineScheduling = true,
                BusyPoll = polls ? Polling.Time : TimeSpan.Zero,
                Tap = recorder?.AddPlace("perf", () => LocalEndPoint ?? local),

                // Many streams share it, each with a window of its own.
                Socket = new DatagramSocketOptions { ReceiveBufferSize = PerfSettings.ReceiveBufferSize },

                // The sender says how large segments are; the receiver takes any.
                Connection = new ConnectionOptions { MaxSegmentSize = ConnectionOptions.LargestSegmentSize, Observe = recorder?.Observe },
            });
            _listener = _endpoint.Listen();
            LocalEndPoint = _endpoint.LocalEndPoint;
            return;
        }

        _socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(local);
            _socket.Listen(PerfSettings.MaxStreams);
            LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>
    /// Somebody who answers one request a connection, where that is not done here: of the kernel's TCP. The caller's to dispose of.
    /// </summary>
    public KernelRequestServer? OpenRequests() => _socket is null ? null : new KernelRequestServer(LocalEndPoint.Address, _polls);

    /// <summary>Waits for the next stream.</summary>
    public async Task<PerfConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null)
        {
            return new TcpPerfConnection(await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new OperationCanceledException("The listener was closed."));
        }

        while (true)
        {
            try
            {
                Socket socket = await _socket!.AcceptAsync(cancellationToken).ConfigureAwait(false);
                socket.NoDelay = true;
                KernelSockets.Watch(socket, PerfSettings.Silence);
                return new KernelPerfConnection(socket, _polls);
            }
            catch (SocketException error) when (error.SocketErrorCode is not SocketError.OperationAborted)
            {
                // Too many files are open, or the peer has gone already: others come after it.
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        if (_lease is not null)
        {
            await _listener!.DisposeAsync().ConfigureAwait(false);
            await _lease.DisposeAsync().ConfigureAwait(false);
        }

        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync().ConfigureAwait(false);
        }
    }
}
