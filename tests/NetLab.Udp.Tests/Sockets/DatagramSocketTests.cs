using System.Net;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Sockets;

public sealed class DatagramSocketTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Datagrams_arrive_one_by_one_with_their_sender(string address)
    {
        var any = new IPEndPoint(IPAddress.Parse(address), 0);
        using DatagramSocket a = DatagramSocket.Bind(any);
        using DatagramSocket b = DatagramSocket.Bind(any);
        using var poller = new DatagramPoller();
        poller.Add(b);
        Assert.Equal(DatagramSendStatus.Sent, a.TrySend([1, 2, 3, 4, 5], 2, DatagramAddress.From(b.LocalEndPoint), out int sent));
        Assert.Equal(5, sent);
        byte[] buffer = new byte[100];
        var lengths = new List<int>();
        var readable = new List<DatagramSocket>();
        while (lengths.Sum() < 5)
        {
            poller.Wait(Patience, readable);
            Assert.NotEmpty(readable);
            while (b.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
            {
                Assert.Equal(DatagramAddress.From(a.LocalEndPoint), batch.From);
                for (int offset = 0; offset < batch.Length; offset += batch.SegmentSize)
                {
                    lengths.Add(Math.Min(batch.SegmentSize, batch.Length - offset));
                }
            }
        }

        Assert.Equal([2, 2, 1], lengths);
        Assert.Equal(DatagramReceiveStatus.Empty, b.TryReceive(buffer, out _));
    }

    [LinuxFact]
    public void What_the_ip_header_says_of_congestion_goes_along()
    {
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        var readable = new List<DatagramSocket>();
        foreach (string address in (string[])["127.0.0.1", "::1"])
        {
            var any = new IPEndPoint(IPAddress.Parse(address), 0);
            using DatagramSocket a = DatagramSocket.Bind(any);
            using DatagramSocket b = DatagramSocket.Bind(any);
            using var poller = new DatagramPoller();
            poller.Add(b);

            // A lone datagram and a batch: the batch has another control message beside it.
            foreach ((EcnCodepoint ecn, int length) in Enum.GetValues<EcnCodepoint>().SelectMany(e => ((EcnCodepoint, int)[])[(e, 100), (e, 1_000)]))
            {
                Assert.Equal(DatagramSendStatus.Sent, a.TrySend(new byte[length], 100, DatagramAddress.From(b.LocalEndPoint), ecn, out _));
                int received = 0;
                while (received < length)
                {
                    poller.Wait(Patience, readable);
                    Assert.NotEmpty(readable);
                    while (b.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
                    {
                        Assert.Equal(ecn, batch.Ecn);
                        received += batch.Length;
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1000, 200, 0)]
    [InlineData(1400, 64, 7)]
    [InlineData(9000, 30, 1)]
    [InlineData(60_000, 4, 500)]
    [InlineData(1, 300, 0)]
    public void A_batch_of_any_size_arrives_as_the_same_datagrams(int segmentSize, int count, int last)
    {
        using DatagramSocket a = DatagramSocket.Bind(AnyPort);
        using DatagramSocket b = DatagramSocket.Bind(AnyPort);
        byte[] bytes = new byte[(segmentSize * count) + last];
        new Random(count).NextBytes(bytes);
        byte[] received = new byte[DatagramSocket.MaxDatagramSize + 1];
        using var arrived = new MemoryStream();
        var sizes = new List<int>();
        int offset = 0;
        while (arrived.Length < bytes.Length)
        {
            // Thirty datagrams at a time, so that no socket buffer is too small for them.
            ReadOnlySpan<byte> part = bytes.AsSpan(offset, Math.Min(30 * segmentSize, bytes.Length - offset));
            DatagramSendStatus status = a.TrySend(part, segmentSize, DatagramAddress.From(b.LocalEndPoint), out int sent);
            Assert.True(status is DatagramSendStatus.Sent or DatagramSendStatus.Blocked, status.ToString());
            offset += sent;
            while (b.TryReceive(received, out DatagramBatch batch) == DatagramReceiveStatus.Received)
            {
                arrived.Write(received, 0, batch.Length);
                for (int at = 0; at < batch.Length; at += batch.SegmentSize)
                {
                    sizes.Add(Math.Min(batch.SegmentSize, batch.Length - at));
                }
            }
        }

        Assert.Equal(bytes, arrived.ToArray());
        Assert.Equal(count + (last > 0 ? 1 : 0), sizes.Count);
        Assert.All(sizes.Take(count), size => Assert.Equal(segmentSize, size));
    }

    [Fact]
    public void A_port_of_zero_is_an_answer_and_does_not_cost_the_batches()
    {
        using DatagramSocket a = DatagramSocket.Bind(AnyPort);
        using DatagramSocket b = DatagramSocket.Bind(AnyPort);
        Assert.Equal(DatagramSendStatus.Unreachable, a.TrySend(new byte[100], 10, DatagramAddress.FromIPv4(0x7F00_0001, 0), out _));
        Assert.Equal(DatagramSendStatus.Sent, a.TrySend(new byte[100], 10, DatagramAddress.From(b.LocalEndPoint), out _));
    }

    [Fact]
    public void A_datagram_too_large_is_an_answer()
    {
        using DatagramSocket socket = DatagramSocket.Bind(AnyPort);
        byte[] bytes = new byte[DatagramSocket.MaxDatagramSize + 1];
        Assert.Equal(DatagramSendStatus.TooLarge, socket.TrySend(bytes, bytes.Length, DatagramAddress.From(socket.LocalEndPoint), out int sent));
        Assert.Equal(0, sent);
    }

    [Fact]
    public void Nobody_at_the_other_end_is_an_answer_and_the_socket_goes_on()
    {
        IPEndPoint nobody;
        using (DatagramSocket gone = DatagramSocket.Bind(AnyPort))
        {
            nobody = gone.LocalEndPoint;
        }

        using DatagramSocket socket = DatagramSocket.Bind(AnyPort, new DatagramSocketOptions { Remote = nobody });
        DatagramAddress to = DatagramAddress.From(nobody);
        socket.TrySend([1], 1, to, out _);

        // The refusal shows at the next call, whichever that is.
        bool refused = false;
        for (int i = 0; i < 1000 && !refused; i++)
        {
            refused = socket.TryReceive(new byte[10], out _) == DatagramReceiveStatus.Refused
                || socket.TrySend([1], 1, to, out _) == DatagramSendStatus.Unreachable;
        }

        Assert.True(refused);
        using DatagramSocket back = DatagramSocket.Bind(nobody);
        while (socket.TrySend([2], 1, to, out _) != DatagramSendStatus.Sent)
        {
        }
    }

    [Fact]
    public void A_wake_ends_a_wait_without_end()
    {
        using var poller = new DatagramPoller();
        poller.Wake();
        poller.Wake();
        var readable = new List<DatagramSocket>();
        poller.Wait(Timeout.InfiniteTimeSpan, readable);
        Assert.Empty(readable);

        // Both were one: the next wait would block, and a zero wait finds nothing.
        poller.Wait(TimeSpan.Zero, readable);
        poller.Wake();
        poller.Wait(Timeout.InfiniteTimeSpan, readable);
    }

    [Theory]
    [InlineData("127.0.0.1:5", true)]
    [InlineData("[::1]:5", false)]
    [InlineData("[fe80::1%3]:65535", false)]
    [InlineData("[::ffff:1.2.3.4]:9", true)]
    public void An_address_comes_back_as_it_went_in(string text, bool isV4)
    {
        IPEndPoint endPoint = IPEndPoint.Parse(text);
        DatagramAddress address = DatagramAddress.From(endPoint);
        Assert.Equal(isV4, address.IsIPv4);
        IPAddress expected = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        Assert.Equal(new IPEndPoint(expected, endPoint.Port), address.ToIPEndPoint());
        Assert.Equal(address, DatagramAddress.From(endPoint.Serialize()));
    }
}
