using System.Net;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Sockets;

/// <summary>
/// A poller that may receive while it waits: the same datagrams in the same order as from one that only waits. Where the system has no
/// io_uring, or forbids it, the poller falls back to poll, and all of this holds as well.
/// </summary>
public sealed class ReceivingWaitTests : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);
    private readonly DatagramSocket _receiver = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly DatagramSocket _sender = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<DatagramSocket> _readable = [];
    private readonly DatagramPoller _poller;

    public ReceivingWaitTests()
    {
        _poller = new DatagramPoller { ReceiveBuffer = _buffer };
        _poller.Add(_receiver);
    }

    public void Dispose()
    {
        _poller.Dispose();
        _receiver.Dispose();
        _sender.Dispose();
    }

    [Fact]
    public void What_waited_before_and_what_comes_while_waiting_is_received()
    {
        for (byte i = 0; i < 100; i++)
        {
            Send(i, 10 + i);
            _poller.Wait(Patience, _readable);
            Assert.Equal([_receiver], _readable);
            Assert.Equal(DatagramReceiveStatus.Received, _receiver.TryReceive(_buffer, out DatagramBatch batch));
            Assert.Equal((10 + i, i, _sender.LocalEndPoint), (batch.Length, _buffer[0], batch.From.ToIPEndPoint()));
            Assert.Equal(DatagramReceiveStatus.Empty, _receiver.TryReceive(_buffer, out _));
        }

        Assert.Equal(100, _receiver.Statistics.DatagramsReceived);
    }

    [Fact]
    public void The_order_stays_whether_a_wait_or_a_call_receives()
    {
        var random = new Random(20261128);
        byte next = 0;
        byte expected = 0;
        byte[] other = new byte[DatagramSocket.ReceiveBufferLength];
        for (int turn = 0; turn < 500; turn++)
        {
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                Send(next++, 1 + random.Next(1000));
            }

            _poller.Wait(Patience, _readable);
            Assert.Equal([_receiver], _readable);

            // Now and then fewer than there are, and into memory that is not the poller's.
            int most = random.Next(1, 6);
            Span<byte> buffer = random.Next(2) == 0 ? _buffer : other;
            for (int i = 0; i < most && _receiver.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received; i++)
            {
                for (int offset = 0; offset < batch.Length; offset += batch.SegmentSize)
                {
                    Assert.Equal(expected++, buffer[offset]);
                }
            }
        }

        while (expected != next)
        {
            _poller.Wait(Patience, _readable);
            Assert.Equal(DatagramReceiveStatus.Received, _receiver.TryReceive(_buffer, out DatagramBatch batch));
            for (int offset = 0; offset < batch.Length; offset += batch.SegmentSize)
            {
                Assert.Equal(expected++, _buffer[offset]);
            }
        }
    }

    [Fact]
    public void A_time_ends_the_wait_and_so_does_a_wake_up_each_time()
    {
        _poller.Wait(TimeSpan.FromMilliseconds(1), _readable);
        Assert.Empty(_readable);
        _poller.Wait(TimeSpan.Zero, _readable);
        Assert.Empty(_readable);
        for (int i = 0; i < 20; i++)
        {
            _poller.Wake();
            _poller.Wait(Timeout.InfiniteTimeSpan, _readable);
            Assert.Empty(_readable);
        }

        Task.Run(_poller.Wake);
        _poller.Wait(Timeout.InfiniteTimeSpan, _readable);
        Assert.Empty(_readable);
        Send(7, 100);
        _poller.Wait(Patience, _readable);
        Assert.Equal([_receiver], _readable);
    }

    [Fact]
    public void A_refusal_is_told_as_one()
    {
        IPEndPoint gone;
        using (DatagramSocket other = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            gone = other.LocalEndPoint;
        }

        using DatagramSocket connected = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new DatagramSocketOptions { Remote = gone });
        using var poller = new DatagramPoller { ReceiveBuffer = _buffer };
        poller.Add(connected);
        poller.Wait(TimeSpan.Zero, _readable);
        connected.TrySend([1], 1, DatagramAddress.From(gone), out _);
        poller.Wait(Patience, _readable);
        Assert.Equal([connected], _readable);
        Assert.Equal(DatagramReceiveStatus.Refused, connected.TryReceive(_buffer, out _));
    }

    [Fact]
    public void A_datagram_longer_than_the_callers_buffer_is_cut_and_counted()
    {
        Send(3, 500);
        _poller.Wait(Patience, _readable);
        Assert.Equal(DatagramReceiveStatus.Received, _receiver.TryReceive(new byte[100], out DatagramBatch batch));
        Assert.Equal((100, 1), (batch.Length, (int)_receiver.Statistics.Truncated));
    }

    [Fact]
    public void What_was_received_while_waiting_or_comes_at_the_end_is_not_lost_with_the_poller()
    {
        for (byte i = 0; i < 50; i++)
        {
            var poller = new DatagramPoller { ReceiveBuffer = _buffer };
            poller.Add(_receiver);
            Send(i, 100);
            poller.Wait(Patience, _readable);

            // A second one, of which the poller has not heard when it goes.
            Send((byte)(i + 100), 200);
            poller.Dispose();
            List<byte> received = [];
            while (_receiver.TryReceive(_buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
            {
                received.AddRange(Enumerable.Range(0, batch.Length / batch.SegmentSize).Select(n => _buffer[n * batch.SegmentSize]));
            }

            Assert.Equal([i, (byte)(i + 100)], received);
        }
    }

    [Fact]
    public void A_datagram_that_comes_between_two_waits_is_not_lost_with_the_poller()
    {
        for (byte i = 0; i < 50; i++)
        {
            var poller = new DatagramPoller { ReceiveBuffer = _buffer };
            poller.Add(_receiver);
            poller.Wait(TimeSpan.Zero, _readable);
            Assert.Empty(_readable);
            Send(i, 100);
            poller.Dispose();
            Assert.Equal(DatagramReceiveStatus.Received, _receiver.TryReceive(_buffer, out _));
            Assert.Equal(i, _buffer[0]);
        }
    }

    [Fact]
    public void The_port_is_free_once_the_poller_and_the_socket_are_disposed_of()
    {
        for (int i = 0; i < 50; i++)
        {
            DatagramSocket socket = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var poller = new DatagramPoller { ReceiveBuffer = _buffer };
            poller.Add(socket);
            poller.Wait(TimeSpan.Zero, _readable);
            IPEndPoint local = socket.LocalEndPoint;
            poller.Dispose();
            socket.Dispose();
            DatagramSocket.Bind(local).Dispose();
        }
    }

    private void Send(byte first, int size)
    {
        byte[] bytes = new byte[size];
        bytes[0] = first;
        Assert.Equal(DatagramSendStatus.Sent, _sender.TrySend(bytes, size, DatagramAddress.From(_receiver.LocalEndPoint), out _));
    }
}
