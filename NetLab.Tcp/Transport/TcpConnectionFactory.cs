using System.Net;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>Opens connections of NetLab's TCP, each from a socket of its own that its disposal closes.</summary>
/// <param name="options">How endpoints are set up; null for the defaults.</param>
public sealed class TcpConnectionFactory(TcpEndpointOptions? options = null) : IConnectionFactory
{
    /// <inheritdoc/>
    /// <param name="endpoint">An <see cref="IPEndPoint"/>: the peer's UDP address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    async ValueTask<ConnectionContext> IConnectionFactory.ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint is not IPEndPoint remote)
        {
            throw new NotSupportedException($"NetLab's TCP connects to an IP address and a port, not to {endpoint}.");
        }

        return await ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a connection and waits until it is established.</summary>
    /// <param name="remote">The peer's UDP address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Net.Sockets.SocketException">Refused, or timed out.</exception>
    public async Task<TcpConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var any = new IPEndPoint(remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        TcpEndpoint endpoint = TcpEndpoint.Bind(any, (options ?? new TcpEndpointOptions()) with { Remote = remote });
        try
        {
            TcpConnection connection = await endpoint.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
            connection.OwnsEndpoint = true;
            return connection;
        }
        catch
        {
            await endpoint.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
