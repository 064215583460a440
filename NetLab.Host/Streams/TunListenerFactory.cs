using System.Net;
using Microsoft.AspNetCore.Connections;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>Binds listeners on TUN devices, for Kestrel.</summary>
/// <param name="options">How their endpoints are set up.</param>
internal sealed class TunListenerFactory(StreamOptions options) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is TunEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not TunEndPoint local)
        {
            throw new NotSupportedException($"{endpoint} is on no TUN device.");
        }

        TunLease lease = DeviceEndpoints.Listen(local.Said, local, options.ToTunOptions);
        return ValueTask.FromResult<IConnectionListener>(new Listener(StreamListener.ListenAt(local.Said, lease, local, options), lease));
    }

    private sealed class Listener(TcpConnectionListener inner, TunLease lease) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }
}
