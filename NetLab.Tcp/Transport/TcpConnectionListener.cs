using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>Connections that peers opened, one after the other.</summary>
public sealed class TcpConnectionListener : IConnectionListener
{
    private readonly TcpEndpoint _endpoint;
    private readonly Channel<TcpConnection> _accepted;
    private readonly bool _ownsEndpoint;

    internal TcpConnectionListener(TcpEndpoint endpoint, Channel<TcpConnection> accepted, bool ownsEndpoint = false)
    {
        _endpoint = endpoint;
        _accepted = accepted;
        _ownsEndpoint = ownsEndpoint;
    }

    /// <inheritdoc/>
    public EndPoint EndPoint => _endpoint.LocalEndPoint;

    /// <summary>Waits for the next connection; null when the listener has been closed.</summary>
    public async ValueTask<TcpConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out TcpConnection? connection))
            {
                _endpoint.NoteAccepted(connection);
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    async ValueTask<ConnectionContext?> IConnectionListener.AcceptAsync(CancellationToken cancellationToken) =>
        await AcceptAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Refuses further connections; those not accepted yet are reset.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_accepted.Writer.TryComplete())
        {
            _endpoint.StopListening();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        if (_ownsEndpoint)
        {
            await _endpoint.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal static TcpConnectionListener Owning(TcpEndpoint endpoint, int backlog) =>
        new(endpoint, endpoint.Listen(backlog)._accepted, ownsEndpoint: true);
}
