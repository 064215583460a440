using System.Net;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>
/// Opens connections of NetLab's TCP. Those to one peer share an endpoint, its socket and its thread, however many they are: it is bound
/// for the first of them and closed behind the last. Its socket is connected to the peer, so a port where nobody listens refuses at once,
/// which only a connected socket learns on every system; another peer gets an endpoint of its own. Safe for use by several threads.
/// </summary>
/// <param name="options">How endpoints are set up; null for the defaults.</param>
public sealed class TcpConnectionFactory(TcpEndpointOptions? options = null) : IConnectionFactory
{
    private readonly TcpEndpointOptions _options = options ?? new TcpEndpointOptions();
    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, SharedEndpoint> _endpoints = [];

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
        SharedEndpoint shared = Take(remote);
        try
        {
            TcpConnection connection = await shared.Endpoint.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
            int released = 0;
            connection.Released = () =>
            {
                if (Interlocked.Exchange(ref released, 1) == 0)
                {
                    // Not waited for: like a kernel, the endpoint says goodbye while the application goes on.
                    _ = GiveBack(shared);
                }
            };
            if (connection.Ended.IsCompleted)
            {
                connection.Released();
            }

            return connection;
        }
        catch
        {
            await GiveBack(shared).ConfigureAwait(false);
            throw;
        }
    }

    private SharedEndpoint Take(IPEndPoint remote)
    {
        lock (_lock)
        {
            if (!_endpoints.TryGetValue(remote, out SharedEndpoint? shared) || shared.Endpoint.Completion.IsCompleted)
            {
                // One that has failed is nobody's any more; its connections know.
                var any = new IPEndPoint(remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                _endpoints[remote] = shared = new SharedEndpoint(remote, TcpEndpoint.Bind(any, _options with { Remote = remote }));
            }

            shared.Users++;
            return shared;
        }
    }

    private Task GiveBack(SharedEndpoint shared)
    {
        lock (_lock)
        {
            if (--shared.Users > 0)
            {
                return Task.CompletedTask;
            }

            if (_endpoints.TryGetValue(shared.Remote, out SharedEndpoint? current) && current == shared)
            {
                _endpoints.Remove(shared.Remote);
            }
        }

        return shared.Endpoint.DisposeAsync().AsTask();
    }

    private sealed class SharedEndpoint(IPEndPoint remote, TcpEndpoint endpoint)
    {
        public IPEndPoint Remote { get; } = remote;

        public TcpEndpoint Endpoint { get; } = endpoint;

        public int Users { get; set; }
    }
}
