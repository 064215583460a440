using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Forwarding;

/// <summary>Byte streams that are opened. Those of NetLab's TCP share one socket, as its connections need none of their own.</summary>
internal sealed class StreamTarget : IForwardTarget
{
    private readonly ForwardSettings _settings;
    private readonly StreamOptions _streams;
    private readonly Lock _lock = new();
    private TcpEndpoint? _endpoint;
    private TunLease? _lease;

    public StreamTarget(ForwardSettings settings)
    {
        _settings = settings;
        _streams = settings.Streams with { Place = settings.TargetPlace };
    }

    /// <inheritdoc/>
    public async Task<IForwardLeg> OpenAsync(string client, CancellationToken cancellationToken)
    {
        if (_settings.To.Transport == LabTransport.KernelTcp)
        {
            return new StreamLeg(await StreamConnector.ConnectAsync(_settings.To, _streams, cancellationToken).ConfigureAwait(false));
        }

        try
        {
            IPEndPoint remote = ForwardSettings.EndPointOf(_settings.To);
            TcpConnection connection = _settings.To.IsOverIp
                ? await Device(remote).ConnectAsync(remote, _streams.ToTunConnectionOptions(), cancellationToken).ConfigureAwait(false)
                : await Endpoint(remote).ConnectAsync(remote, _settings.To.UdpPort is null ? null : _settings.To.Port, null, cancellationToken).ConfigureAwait(false);
            return new StreamLeg(new LabStream(connection, null));
        }
        catch (SocketException error)
        {
            throw new IOException($"{_settings.To}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync().ConfigureAwait(false);
        }

        if (_lease is not null)
        {
            await _lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    private TcpEndpoint Device(IPEndPoint remote)
    {
        lock (_lock)
        {
            if (_lease is null || _lease.Endpoint.Completion.IsCompleted)
            {
                _lease?.Forget();
                _lease = DeviceEndpoints.Connect(_settings.To, remote, _streams.ToTunOptions);
            }

            return _lease.Endpoint;
        }
    }

    // One that has failed is replaced: the next connection may find the reason gone.
    private TcpEndpoint Endpoint(IPEndPoint remote)
    {
        lock (_lock)
        {
            if (_endpoint is null || _endpoint.Completion.IsCompleted)
            {
                var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                TcpEndpoint? endpoint = null;
                endpoint = TcpEndpoint.Bind(any, _streams.ToEndpointOptions(() => Volatile.Read(ref endpoint)?.LocalEndPoint ?? any) with { Remote = remote, TakesAnyChecksum = _settings.To.TakesAnyChecksum });
                _endpoint = endpoint;
            }

            return _endpoint;
        }
    }
}
