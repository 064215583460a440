using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using NetLab.Host.Streams;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Http;

/// <summary>
/// A transport for Kestrel whose end is heard of: Kestrel itself writes a line to its log when accepting fails, and goes on as if it
/// listened. It also keeps the kernel's connections within the descriptors of the process.
/// </summary>
/// <param name="inner">The transport.</param>
/// <param name="onFailed">Told why no connection will come any more.</param>
internal sealed class GuardedListenerFactory(IConnectionListenerFactory inner, Action<Exception> onFailed) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Puts it before every transport of a server.</summary>
    public static void Guard(IServiceCollection services, Action<Exception> onFailed)
    {
        foreach (ServiceDescriptor transport in services.Where(s => s.ServiceType == typeof(IConnectionListenerFactory)).ToList())
        {
            services.Remove(transport);
            services.AddSingleton<IConnectionListenerFactory>(provider => new GuardedListenerFactory(
                (IConnectionListenerFactory)(transport.ImplementationInstance ?? transport.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, transport.ImplementationType!)),
                onFailed));
        }
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), endpoint is not (TcpOverUdpEndPoint or TunEndPoint), onFailed);

    private sealed class Listener(IConnectionListener inner, bool takesDescriptors, Action<Exception> onFailed) : IConnectionListener
    {
        private volatile bool _isUnbound;

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    ConnectionContext? connection = await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);
                    if (connection is null)
                    {
                        if (!_isUnbound)
                        {
                            onFailed(new IOException("the endpoint ended"));
                        }

                        return null;
                    }

                    if (!takesDescriptors)
                    {
                        return connection;
                    }

                    if (StreamSlots.TryTake())
                    {
                        connection.ConnectionClosed.Register(StreamSlots.Return);
                        return connection;
                    }

                    connection.Abort(new ConnectionAbortedException("too many open files"));
                    await connection.DisposeAsync().ConfigureAwait(false);
                }
                catch (SocketException) when (takesDescriptors && !_isUnbound)
                {
                    // Such as too many open files: there may be room again later.
                    await StreamSlots.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception error) when (!_isUnbound && error is not OperationCanceledException)
                {
                    onFailed(error);
                    throw;
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _isUnbound = true;
            return inner.UnbindAsync(cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            _isUnbound = true;
            return inner.DisposeAsync();
        }
    }
}
