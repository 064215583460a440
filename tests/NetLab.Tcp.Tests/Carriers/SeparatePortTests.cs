using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>TCP in UDP as FreeBSD speaks it (net.inet.tcp.udp_tunneling_port): one UDP port for all of TCP's, and a checksum of zero in TCP.</summary>
public sealed class SeparatePortTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    /// <summary>A peer of another make: each of its segments has no checksum, and it takes ours.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_without_checksums_is_answered_where_that_was_asked_for_and_nowhere_else(bool takesAny)
    {
        await using TcpEndpoint endpoint = TcpEndpoint.Bind(Anywhere, new TcpEndpointOptions { TakesAnyChecksum = takesAny });
        endpoint.ListenAt(80);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(Anywhere);
        peer.Connect(endpoint.LocalEndPoint);
        var syn = new SegmentHeader { SourcePort = 5000, DestinationPort = 80, Sequence = new SequenceNumber(9), Flags = SegmentFlags.Syn, Window = 1000 };
        peer.Send(Without(syn));
        if (!takesAny)
        {
            // What comes behind it is answered first.
            byte[] right = new byte[SegmentWriter.SizeOf(syn.Options)];
            SegmentWriter.Write(right, syn with { SourcePort = 5001 });
            peer.Send(right);
        }

        SegmentHeader answer = await Receive(peer);
        Assert.Equal((takesAny ? 5000 : 5001, SegmentFlags.Syn | SegmentFlags.Ack), (answer.DestinationPort, answer.Flags));
        Assert.Equal(takesAny ? 0 : 1, endpoint.Statistics.BadChecksums);
    }

    /// <summary>A port of TCP that nobody listens at is refused, whatever the UDP port.</summary>
    [Fact]
    public async Task Its_TCP_port_says_who_is_meant()
    {
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere);
        TcpConnectionListener listener = server.ListenAt(80);
        await using TcpEndpoint client = TcpEndpoint.Bind(Anywhere);
        await using TcpConnection connection = await client.ConnectAsync(server.LocalEndPoint, 80, null).WaitAsync(Patience);
        await using TcpConnection accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(server.LocalEndPoint, 81, null).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static byte[] Without(SegmentHeader header)
    {
        byte[] segment = new byte[SegmentWriter.SizeOf(header.Options)];
        SegmentWriter.Write(segment, header);
        segment.AsSpan(16, 2).Clear();
        return segment;
    }

    private static async Task<SegmentHeader> Receive(Socket socket)
    {
        byte[] buffer = new byte[2000];
        int length = await socket.ReceiveAsync(buffer).WaitAsync(Patience);
        Assert.True(SegmentReader.TryRead(buffer.AsSpan(0, length), out Segment segment, out SegmentError error), error.ToString());
        return segment.Header;
    }
}
