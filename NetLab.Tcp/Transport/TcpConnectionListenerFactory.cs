using System.Net;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>Binds listeners of NetLab's TCP, for Kestrel and whatever else takes a transport.</summary>
public sealed class TcpConnectionListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly TcpEndpointOptions _options;
    private readonly int _backlog;
    private readonly int _endpoints;

    /// <summary>Makes a factory.</summary>
    /// <param name="options">How endpoints are set up; null for the defaults.</param>
    /// <param name="backlog">How many connections may be half open or not yet accepted, at each endpoint.</param>
    /// <param name="endpoints">
    /// How many endpoints share a listener's port, each with a loop of its own; more than one needs Linux. The system hands each
    /// client's address and port to one of them.
    /// </param>
    public TcpConnectionListenerFactory(TcpEndpointOptions? options = null, int backlog = 512, int endpoints = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(endpoints, 1);
        (_options, _backlog, _endpoints) = (options ?? new TcpEndpointOptions(), backlog, endpoints);
    }

    /// <summary>Only addresses that say so: a server may have other transports for the rest.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is TcpOverUdpEndPoint;

    /// <inheritdoc/>
    /// <param name="endpoint">An <see cref="IPEndPoint"/>: the UDP address to listen on.</param>
    /// <param name="cancellationToken">Not used: binding does not wait.</param>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not IPEndPoint local)
        {
            throw new NotSupportedException($"NetLab's TCP binds to an IP address and a port, not to {endpoint}.");
        }

        return await TcpConnectionListener.BindAsync(local, _options, _backlog, _endpoints).ConfigureAwait(false);
    }
}
