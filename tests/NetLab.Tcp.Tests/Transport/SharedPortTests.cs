using System.Net;
using Microsoft.AspNetCore.Connections;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>Several endpoints on one port: who connects does not see it.</summary>
public sealed class SharedPortTests
{
    [Fact]
    public async Task Endpoints_share_a_port_and_every_client_is_served_by_one_of_them()
    {
        const int Clients = 40;
        if (!OperatingSystem.IsLinux())
        {
            await Assert.ThrowsAsync<PlatformNotSupportedException>(() => Bind(3).AsTask());
            return;
        }

        await using var listener = (TcpConnectionListener)await Bind(3);
        Task serving = EchoAsync(listener);
        var factory = new TcpConnectionFactory();
        for (int i = 0; i < Clients; i++)
        {
            await using TcpConnection client = await factory.ConnectAsync((IPEndPoint)listener.EndPoint).WaitAsync(Patience);
            byte[] said = StreamBehaviourTests.Bytes(i, 5000);
            await StreamBehaviourTests.WriteAndFinish(client, said);
            Assert.Equal(said, await StreamBehaviourTests.ReadToEnd(client).WaitAsync(Patience));
        }

        // That one of three gets nobody of forty by chance is one in four million.
        Assert.All(listener.Endpoints, e => Assert.Equal(listener.EndPoint, e.LocalEndPoint));
        Assert.All(listener.Endpoints, e => Assert.InRange(e.SocketStatistics.DatagramsReceived, 1, long.MaxValue));
        await listener.UnbindAsync();
        await serving.WaitAsync(Patience);
    }

    [Fact]
    public async Task Without_asking_for_it_a_port_is_ones_own()
    {
        await using IConnectionListener first = await Bind(1);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => new TcpConnectionListenerFactory(endpoints: 2).BindAsync(first.EndPoint).AsTask());
    }

    private static ValueTask<IConnectionListener> Bind(int endpoints) =>
        new TcpConnectionListenerFactory(endpoints: endpoints).BindAsync(new IPEndPoint(IPAddress.Loopback, 0));

    private static async Task EchoAsync(TcpConnectionListener listener)
    {
        while (await listener.AcceptAsync() is { } connection)
        {
            await connection.Transport.Input.CopyToAsync(connection.Transport.Output);
            await connection.DisposeAsync();
        }
    }
}
