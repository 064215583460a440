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

/// <summary>Opens measured streams to a receiving half, by NetLab's TCP (all of them on one endpoint) or the kernel's.</summary>
internal sealed class PerfConnector(LabAddress address, IPEndPoint remote, PerfSettings plan, LabRecorder? recorder) : IAsyncDisposable
{
    private readonly Dictionary<string, TcpEndpoint> _endpoints = [];
    private TunLease? _lease;

    /// <summary>Opens one.</summary>
    /// <param name="stream">Which of them it is, from 0.</param>
    /// <param name="port">The port to open it to, if not the receiving half's own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Refused, or no answer.</exception>
    public async Task<PerfConnection> ConnectAsync(int stream, int? port, CancellationToken cancellationToken)
    {
        IPEndPoint to = port is { } other ? new IPEndPoint(remote.Address, other) : remote;
        try
        {
            return plan.Transport == LabTransport.Tcp
                ? new TcpPerfConnection(await Endpoint(plan.CongestionOf(stream)).ConnectAsync(to, port is null && address.UdpPort is not null ? address.Port : null, null, cancellationToken).ConfigureAwait(false))
                : address.IsOverIp
                ? new TcpPerfConnection(await Device().ConnectAsync(to, OptionsOf(plan.CongestionOf(stream)), cancellationToken).ConfigureAwait(false))
                : new KernelPerfConnection(await KernelPerfConnection.OnThread(() => Connect(to, plan.CongestionOf(stream))).WaitAsync(cancellationToken).ConfigureAwait(false), plan.Polls);
        }
        catch (SocketException error)
        {
            throw new IOException(error.SocketErrorCode == SocketError.ConnectionRefused ? "connection refused: nobody listens there" : error.Message, error);
        }
    }

    /// <summary>Opens a connection, sends a request, reads the answer to its end, closes, and does so again as long as there is more to do.</summary>
    /// <param name="port">The port to open them to, if not the receiving half's own.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="more">Whether to go on; told whether the last answer was the right one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RequestAsync(int? port, ReadOnlyMemory<byte> request, Func<bool, bool> more, CancellationToken cancellationToken)
    {
        if (plan.Transport != LabTransport.KernelTcp)
        {
            bool right = true;
            while (more(right))
            {
                var connection = (TcpPerfConnection)await ConnectAsync(0, port, cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    right = await connection.RequestAsync(request, cancellationToken).ConfigureAwait(false);
                }
            }

            return;
        }

        IPEndPoint to = new(remote.Address, port ?? remote.Port);
        await KernelPerfConnection.OnThread(() =>
        {
            bool right = true;
            byte[] answer = new byte[request.Length + 1];
            var wait = new KernelWait(plan.Polls);
            while (more(right))
            {
                // As plain as can be: each option would be a system call that is measured.
                using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(to);
                socket.Send(request.Span);
                int length = 0;
                int read;
                while (length < answer.Length && (read = wait.Receive(socket, answer.AsSpan(length))) > 0)
                {
                    length += read;
                }

                right = answer.AsSpan(0, length).SequenceEqual(request.Span);
            }
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (TcpEndpoint endpoint in _endpoints.Values)
        {
            await endpoint.DisposeAsync().ConfigureAwait(false);
        }

        if (_lease is not null)
        {
            await _lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Connections of one algorithm share an endpoint.
    private TcpEndpoint Endpoint(string? congestion)
    {
        if (_endpoints.TryGetValue(congestion ?? "", out TcpEndpoint? known))
        {
            return known;
        }

        var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        TcpEndpoint? endpoint = null;
        endpoint = TcpEndpoint.Bind(any, new TcpEndpointOptions
        {
            Connection = OptionsOf(congestion),
            Remote = remote,
            TakesAnyChecksum = address.TakesAnyChecksum,

            // Whoever is sent to has a server's buffer.
            Socket = plan.Direction == PerfDirection.Reverse ? new DatagramSocketOptions { ReceiveBufferSize = PerfSettings.ReceiveBufferSize } : new DatagramSocketOptions(),

            // Nothing measured here ever blocks.
            UnsafePreferInlineScheduling = true,
            BusyPoll = plan.Polls ? Polling.Time : TimeSpan.Zero,
            Tap = recorder?.AddPlace("perf", () => Volatile.Read(ref endpoint)?.LocalEndPoint ?? any),
        });
        _endpoints.Add(congestion ?? "", endpoint);
        return endpoint;
    }

    // All algorithms share the one endpoint that a device can have.
    private TcpEndpoint Device()
    {
        var streams = new StreamOptions(null, AllowRemote: true, recorder) { Place = "perf" };
        _lease ??= DeviceEndpoints.Connect(address, remote, addresses => streams.ToTunOptions(addresses) with
        {
            UnsafePreferInlineScheduling = true,
            BusyPoll = plan.Polls ? Polling.Time : TimeSpan.Zero,
        });
        return _lease.Endpoint;
    }

    private ConnectionOptions OptionsOf(string? congestion) => new()
    {
        MaxSegmentSize = plan.SegmentSize,
        SendBufferSize = PerfSettings.SendBufferSize(plan.Streams),
        Congestion = CongestionNames.Parse(congestion),
        MtuSearch = plan.MtuSearch,
        Ecn = plan.Ecn ? EcnMode.Request : EcnMode.Answer,
        KeepAlive = PerfSettings.Silence / 2,
        UserTimeout = PerfSettings.Silence,
        Observe = recorder?.Observe,
    };

    private Socket Connect(IPEndPoint to, string? congestion)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            KernelPerfConnection.Prepare(socket, plan.SegmentSize, congestion);
            KernelSockets.Watch(socket, PerfSettings.Silence);
            socket.Connect(to);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
