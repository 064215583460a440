using System.Net;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>Binds listeners of NetLab's TCP, for Kestrel and whatever else takes a transport.</summary>
/// <param name="options">How endpoints are set up; null for the defaults.</param>
/// <param name="backlog">How many connections may be half open or not yet accepted.</param>
public sealed class TcpConnectionListenerFactory(TcpEndpointOptions? options = null, int backlog = 512) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Only addresses that say so: a server may have other transports for the rest.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is TcpOverUdpEndPoint;


    /// <inheritdoc/>
    /// <param name="endpoint">An <see cref="IPEndPoint"/>: the UDP address to listen on.</param>
    /// <param name="cancellationToken">Not used: binding does not wait.</param>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not IPEndPoint local)
        {
            throw new NotSupportedException($"NetLab's TCP binds to an IP address and a port, not to {endpoint}.");
        }

        return ValueTask.FromResult<IConnectionListener>(TcpConnectionListener.Owning(TcpEndpoint.Bind(local, options), backlog));
    }
}
