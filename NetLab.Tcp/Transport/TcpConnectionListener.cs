using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>Connections that peers opened, one after the other.</summary>
public sealed class TcpConnectionListener : IConnectionListener
{
    private readonly IReadOnlyList<TcpEndpoint> _endpoints;
    private readonly Channel<TcpConnection> _accepted;
    private readonly bool _ownsEndpoints;
    private readonly int? _port;

    /// <summary>A listener on endpoints that share a port.</summary>
    /// <param name="endpoints">They; at least one.</param>
    /// <param name="accepted">Where they put connections.</param>
    /// <param name="ownsEndpoints">Whether disposing of the listener disposes of them.</param>
    /// <param name="port">The TCP port, where that is not the endpoint's own.</param>
    internal TcpConnectionListener(IReadOnlyList<TcpEndpoint> endpoints, Channel<TcpConnection> accepted, bool ownsEndpoints = false, int? port = null)
    {
        _port = port;
        _endpoints = endpoints;
        _accepted = accepted;
        _ownsEndpoints = ownsEndpoints;
    }

    /// <inheritdoc/>
    public EndPoint EndPoint => _port is { } port ? new IPEndPoint(_endpoints[0].LocalEndPoint.Address, port) : _endpoints[0].LocalEndPoint;

    /// <summary>
    /// Completes when the first of the listener's endpoints has ended, whoever ended it; fails if that ended by an error of its own.
    /// <see cref="AcceptAsync"/> ends with it too: this is for who serves without accepting himself.
    /// </summary>
    public Task Completion => Task.WhenAny(_endpoints.Select(e => e.Completion)).Unwrap();

    internal IReadOnlyList<TcpEndpoint> Endpoints => _endpoints;

    /// <summary>Waits for the next connection; null when the listener has been closed, or its endpoint has.</summary>
    /// <exception cref="IOException">The endpoint ended by an error of its own, which is the inner exception.</exception>
    public async ValueTask<TcpConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out TcpConnection? connection))
            {
                connection.NoteAccepted();
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
            foreach (TcpEndpoint endpoint in _endpoints)
            {
                endpoint.StopListening(_accepted.Writer);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        if (_ownsEndpoints)
        {
            // Side by side: each waits for its own connections to say goodbye.
            await DisposeAsync(_endpoints).ConfigureAwait(false);
        }
    }

    /// <summary>Binds a listener with endpoints of its own.</summary>
    /// <param name="local">Where; port 0 lets the system choose.</param>
    /// <param name="options">How the endpoints are set up.</param>
    /// <param name="backlog">How many connections may be half open or not yet accepted, at each endpoint.</param>
    /// <param name="count">How many endpoints share the port.</param>
    internal static async ValueTask<TcpConnectionListener> BindAsync(IPEndPoint local, TcpEndpointOptions options, int backlog, int count)
    {
        var accepted = Channel.CreateUnbounded<TcpConnection>(
            new UnboundedChannelOptions { AllowSynchronousContinuations = options.UnsafePreferInlineScheduling });
        TcpEndpointOptions shared = count == 1 ? options : options with { Socket = options.Socket with { ReusePort = true } };
        List<TcpEndpoint> endpoints = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                endpoints.Add(TcpEndpoint.Bind(i == 0 ? local : endpoints[0].LocalEndPoint, shared, keepsSocket: true));
            }

            // Not before all are bound: who comes first stays where he is.
            endpoints.ForEach(e => e.Listen(backlog, accepted));
            return new TcpConnectionListener(endpoints, accepted, ownsEndpoints: true);
        }
        catch
        {
            await DisposeAsync(endpoints).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task DisposeAsync(IReadOnlyList<TcpEndpoint> endpoints)
    {
        await Task.WhenAll(endpoints.Select(e => e.DisposeAsync().AsTask())).ConfigureAwait(false);
        foreach (TcpEndpoint endpoint in endpoints)
        {
            endpoint.CloseSocket();
        }
    }
}
