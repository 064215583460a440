using System.Net;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>Two ends of a connection on loopback.</summary>
internal sealed class ConnectedPair : IAsyncDisposable
{
    private readonly TcpEndpoint _endpoint;

    private ConnectedPair(TcpEndpoint endpoint, TcpConnection client, TcpConnection server) =>
        (_endpoint, Client, Server) = (endpoint, client, server);

    public TcpConnection Client { get; }

    public TcpConnection Server { get; }

    /// <summary>Connects two.</summary>
    /// <param name="options">Of both.</param>
    /// <param name="tap">Sees what the server's endpoint sends and receives.</param>
    public static async Task<ConnectedPair> Open(ConnectionOptions? options = null, DatagramTap? tap = null)
    {
        var endpointOptions = new TcpEndpointOptions { Connection = options ?? new ConnectionOptions() };
        TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions { Connection = endpointOptions.Connection, Tap = tap });
        TcpConnectionListener listener = endpoint.Listen();
        TcpConnection client = await new TcpConnectionFactory(endpointOptions).ConnectAsync(endpoint.LocalEndPoint);
        TcpConnection? server = await listener.AcceptAsync();
        return new ConnectedPair(endpoint, client, server!);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        await _endpoint.DisposeAsync();
    }
}
