using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>Endpoints on devices: the same connections, over IP.</summary>
public sealed class IpEndpointTests
{
    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(true, true, 0)]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 50)]
    public async Task Bytes_arrive_as_they_were_sent(bool isIpv4, bool offloads, int loseEvery)
    {
        (MemoryDevice near, MemoryDevice far) = MemoryDevice.Wire(offloads: offloads);
        int count = 0;
        far.Loses = near.Loses = _ => loseEvery > 0 && ++count % loseEvery == 0;
        await using TcpEndpoint client = TcpEndpoint.Open(new IpInterface(near, IpPackets.Theirs4, IpPackets.Theirs6));
        await using TcpEndpoint server = TcpEndpoint.Open(new IpInterface(far, IpPackets.Ours4, IpPackets.Ours6));
        TcpConnectionListener listener = server.ListenAt(80);
        await using TcpConnection opened = await client.ConnectAsync(new IPEndPoint(IpPackets.Ours(isIpv4), 80)).WaitAsync(Patience);
        await using TcpConnection accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        Assert.Equal(new IPEndPoint(IpPackets.Ours(isIpv4), 80), opened.RemoteEndPoint);
        byte[] bytes = RandomNumberGenerator.GetBytes(1 << 20);
        Task writing = WriteAsync(opened.Transport.Output, bytes);
        byte[] received = await ReadAsync(accepted.Transport.Input).WaitAsync(Patience);
        await writing;
        Assert.Equal(bytes, received);
        await accepted.Transport.Output.CompleteAsync();
    }

    /// <summary>Several ports, each with its own way of doing things; one that is not listened at refuses.</summary>
    [Fact]
    public async Task An_endpoint_listens_at_several_ports_and_refuses_at_others()
    {
        (MemoryDevice near, MemoryDevice far) = MemoryDevice.Wire(mtu: 1280);
        await using TcpEndpoint client = TcpEndpoint.Open(new IpInterface(near, IpPackets.Theirs4));
        await using TcpEndpoint server = TcpEndpoint.Open(new IpInterface(far, IpPackets.Ours4));
        TcpConnectionListener first = server.ListenAt(80);
        TcpConnectionListener second = server.ListenAt(81, options: new ConnectionOptions { Congestion = CongestionAlgorithm.Bbr });
        Assert.Throws<InvalidOperationException>(() => server.ListenAt(80));
        Assert.Equal(new IPEndPoint(IpPackets.Ours4, 81), second.EndPoint);
        await using TcpConnection one = await client.ConnectAsync(new IPEndPoint(IpPackets.Ours4, 81)).WaitAsync(Patience);
        await using TcpConnection accepted = (await second.AcceptAsync().AsTask().WaitAsync(Patience))!;
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(new IPEndPoint(IpPackets.Ours4, 82)).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await first.UnbindAsync();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(new IPEndPoint(IpPackets.Ours4, 80)).WaitAsync(Patience));
        await Assert.ThrowsAsync<ArgumentException>(() => client.ConnectAsync(new IPEndPoint(IpPackets.Ours6, 80)));
        Assert.Null(await first.AcceptAsync().AsTask().WaitAsync(Patience));

        // The other one goes on.
        await using TcpConnection another = await client.ConnectAsync(new IPEndPoint(IpPackets.Ours4, 81)).WaitAsync(Patience);
    }

    private static async Task WriteAsync(PipeWriter output, byte[] bytes)
    {
        await output.WriteAsync(bytes);
        await output.CompleteAsync();
    }

    private static async Task<byte[]> ReadAsync(PipeReader input)
    {
        using var received = new MemoryStream();
        await input.CopyToAsync(received);
        return received.ToArray();
    }
}
