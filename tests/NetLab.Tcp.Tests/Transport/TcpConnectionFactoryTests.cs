using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>Connections of a factory to one peer share an endpoint, which lives as long as one of them is in use.</summary>
public sealed class TcpConnectionFactoryTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Connections_to_one_peer_share_a_socket_and_those_to_another_do_not()
    {
        using var meter = new TcpMeter();
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere);
        await using TcpEndpoint other = TcpEndpoint.Bind(Anywhere);
        TcpConnectionListener listener = server.Listen();
        other.Listen();
        var factory = new TcpConnectionFactory(new TcpEndpointOptions { Meter = meter });
        TcpConnection[] connections = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => factory.ConnectAsync(server.LocalEndPoint))).WaitAsync(Patience);
        await using TcpConnection elsewhere = await factory.ConnectAsync(other.LocalEndPoint).WaitAsync(Patience);
        Assert.Single(connections.Select(c => c.LocalEndPoint).Distinct());
        Assert.Equal(2, meter.Endpoints.Count);

        // The last of them closes it, and the next one opens another.
        foreach (TcpConnection connection in connections.Skip(1))
        {
            await connection.DisposeAsync();
        }

        await using (TcpConnection more = await factory.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience))
        {
            Assert.Equal(connections[0].LocalEndPoint, more.LocalEndPoint);
            await connections[0].DisposeAsync();
        }

        await using TcpConnection next = await factory.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        Assert.NotEqual(connections[0].LocalEndPoint, next.LocalEndPoint);
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task A_port_where_nobody_listens_refuses_at_once_and_keeps_nothing()
    {
        using var meter = new TcpMeter();
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        reserved.Bind(Anywhere);
        var nobody = (IPEndPoint)reserved.LocalEndPoint!;
        reserved.Close();
        var factory = new TcpConnectionFactory(new TcpEndpointOptions { Meter = meter });
        for (int i = 0; i < 3; i++)
        {
            SocketException refused = await Assert.ThrowsAsync<SocketException>(() => factory.ConnectAsync(nobody).WaitAsync(Patience));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }

        Assert.Equal(0, meter.Endpoints.Count);
    }

    [Fact]
    public async Task A_connection_that_is_over_gives_its_share_back_though_nobody_disposes_of_it()
    {
        using var meter = new TcpMeter();
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere);
        TcpConnectionListener listener = server.Listen();
        var factory = new TcpConnectionFactory(new TcpEndpointOptions { Meter = meter });
        TcpConnection connection = await factory.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        connection.Abort();
        await connection.Ended.WaitAsync(Patience);
        Assert.True(SpinWait.SpinUntil(() => meter.Endpoints.Count == 0, Patience));
        await listener.DisposeAsync();
    }
}
