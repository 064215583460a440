using System.Net;
using CsCheck;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Sockets;

/// <summary>Many datagrams a call: what the kernel is asked for, what it says, and what happens when it refuses.</summary>
public sealed class DatagramBatchTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [LinuxFact]
    public void One_call_sends_equal_datagrams_and_a_shorter_last_one()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        Assert.Equal(DatagramSendStatus.Sent, sender.TrySend(new byte[(40 * 1000) + 1], 1000, DatagramAddress.From(receiver.LocalEndPoint), out _));
        Assert.Equal((1, 41, 40_001), (sender.Statistics.SendCalls, sender.Statistics.DatagramsSent, sender.Statistics.BytesSent));
    }

    [LinuxFact]
    public void More_than_a_call_carries_is_several_calls()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);

        // 64 datagrams are the kernel's most, 65,507 bytes UDP's.
        sender.TrySend(new byte[65 * 10], 10, DatagramAddress.From(receiver.LocalEndPoint), out _);
        Assert.Equal(2, sender.Statistics.SendCalls);
        sender.TrySend(new byte[47 * 1400], 1400, DatagramAddress.From(receiver.LocalEndPoint), out _);
        Assert.Equal(4, sender.Statistics.SendCalls);
    }

    [LinuxFact]
    public void A_kernel_that_refuses_to_cut_is_asked_once_and_no_byte_is_lost()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);

        // Without UDP checksums (SO_NO_CHECK) Linux answers UDP_SEGMENT by EINVAL, as devices that cannot cut do by EIO.
        const int SolSocket = 1;
        const int NoCheck = 11;
        sender.Socket.SetRawSocketOption(SolSocket, NoCheck, BitConverter.GetBytes(1));
        byte[] bytes = new byte[10_500];
        new Random(1).NextBytes(bytes);
        Assert.Equal(DatagramSendStatus.Sent, sender.TrySend(bytes, 1000, DatagramAddress.From(receiver.LocalEndPoint), out int sent));
        Assert.Equal(bytes.Length, sent);
        Assert.Equal(bytes, Drain(receiver, bytes.Length, out List<int> sizes));
        Assert.Equal([.. Enumerable.Repeat(1000, 10), 500], sizes);

        // The batch that was refused, one datagram alone, and the other ten in one call (sendmmsg); from then on nothing is asked again.
        Assert.Equal(3, sender.Statistics.SendCalls);
        Assert.Equal(DatagramSendStatus.Sent, sender.TrySend(bytes, 500, DatagramAddress.From(receiver.LocalEndPoint), EcnCodepoint.Ect1, out sent));
        Assert.Equal((3 + 1, bytes.Length), (sender.Statistics.SendCalls, sent));
        Assert.Equal(bytes, Drain(receiver, bytes.Length, out sizes));
        Assert.Equal(Enumerable.Repeat(500, 21), sizes);
        sender.TrySend(bytes.AsSpan(0, 70 * 100), 100, DatagramAddress.From(receiver.LocalEndPoint), out _);
        Assert.Equal(4 + 2, sender.Statistics.SendCalls);
    }

    [LinuxFact]
    public void Drops_in_a_full_buffer_are_told_with_the_batch_behind_them()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort, new DatagramSocketOptions { ReceiveBufferSize = 4096 });
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        DatagramAddress to = DatagramAddress.From(receiver.LocalEndPoint);
        for (int i = 0; i < 100; i++)
        {
            sender.TrySend(new byte[1000], 1000, to, out _);
        }

        byte[] buffer = new byte[2000];
        int received = 0;
        while (receiver.TryReceive(buffer, out DatagramBatch before) == DatagramReceiveStatus.Received)
        {
            received++;
            Assert.Equal(0u, before.BufferDrops);
        }

        Assert.InRange(received, 1, 99);
        Assert.Equal((uint)(100 - received), receiver.BufferDrops);
        sender.TrySend(new byte[1], 1, to, out _);
        Assert.Equal(DatagramReceiveStatus.Received, receiver.TryReceive(buffer, out DatagramBatch batch));
        Assert.Equal((uint)(100 - received), batch.BufferDrops);
    }

    [LinuxFact]
    public void The_receive_time_is_when_the_kernel_got_it_and_not_when_we_asked()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        MonotonicClock clock = MonotonicClock.Shared;

        // The kernel begins to stamp a moment after the first socket on the machine asks for it; before, it stamps late.
        bool stamped = false;
        for (int attempt = 0; attempt < 100 && !stamped; attempt++)
        {
            sender.TrySend([1], 1, DatagramAddress.From(receiver.LocalEndPoint), out _);
            Instant sent = clock.Now;
            Instant asked = sent + TimeSpan.FromMilliseconds(5);
            SpinWait.SpinUntil(() => clock.Now >= asked);
            Assert.Equal(DatagramReceiveStatus.Received, receiver.TryReceive(new byte[10], out DatagramBatch batch));

            // The stamp is of the wall clock, ours of the monotonic one: the two are read a moment apart.
            stamped = batch.ReceivedAt < asked - TimeSpan.FromMilliseconds(3);
        }

        Assert.True(stamped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gathered_pieces_arrive_as_the_datagrams_they_make_whatever_is_skipped(bool batches) =>
        Gen.Select(Gen.Int[0, 700].Array[1, 12], Gen.Int[1, 900], Gen.Int[0, 3], (cuts, segment, skip) => (cuts, segment, skip)).Sample(
            t =>
            {
                byte[][] pieces = [.. t.cuts.Select(length => new byte[length])];
                var random = new Random(t.segment);
                Array.ForEach(pieces, random.NextBytes);
                byte[] all = [.. pieces.SelectMany(p => p)];
                int skip = Math.Min(t.skip * t.segment, all.Length / t.segment * t.segment);
                if (skip == all.Length)
                {
                    return;
                }

                using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
                using DatagramSocket sender = DatagramSocket.Bind(AnyPort, new DatagramSocketOptions { UseBatches = batches });
                ReadOnlyMemory<byte>[] memory = [.. pieces.Select(p => (ReadOnlyMemory<byte>)p)];
                Assert.Equal(DatagramSendStatus.Sent, sender.TrySend(memory, skip, t.segment, DatagramAddress.From(receiver.LocalEndPoint), out int sent));
                Assert.Equal(all.Length - skip, sent);
                Assert.Equal(all[skip..], Drain(receiver, sent, out List<int> sizes));
                Assert.All(sizes.SkipLast(1), size => Assert.Equal(t.segment, size));
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void More_pieces_than_a_call_takes_are_the_callers_mistake()
    {
        using DatagramSocket socket = DatagramSocket.Bind(AnyPort);
        var pieces = new ReadOnlyMemory<byte>[DatagramSocket.MaxPieces + 1];
        Assert.Throws<ArgumentException>(() => socket.TrySend(pieces, 0, 1, DatagramAddress.From(socket.LocalEndPoint), out _));
    }

    [Theory]
    [InlineData(true, "127.0.0.1")]
    [InlineData(true, "::1")]
    [InlineData(false, "127.0.0.1")]
    [InlineData(false, "::1")]
    public void With_batches_or_without_the_same_datagrams_arrive(bool batches, string address)
    {
        var any = new IPEndPoint(IPAddress.Parse(address), 0);
        var options = new DatagramSocketOptions { UseBatches = batches };
        using DatagramSocket receiver = DatagramSocket.Bind(any, options);
        using DatagramSocket sender = DatagramSocket.Bind(any, options with { Remote = receiver.LocalEndPoint });
        byte[] bytes = new byte[(30 * 1200) + 7];
        new Random(2).NextBytes(bytes);
        Assert.Equal(DatagramSendStatus.Sent, sender.TrySend(bytes, 1200, DatagramAddress.From(receiver.LocalEndPoint), out _));
        Assert.Equal(bytes, Drain(receiver, bytes.Length, out List<int> sizes));
        Assert.Equal([.. Enumerable.Repeat(1200, 30), 7], sizes);
        Assert.Equal(31, sender.Statistics.DatagramsSent);
        Assert.Equal((31, bytes.Length), (receiver.Statistics.DatagramsReceived, receiver.Statistics.BytesReceived));
        Assert.Equal(batches && OperatingSystem.IsLinux() ? 1 : 31, sender.Statistics.SendCalls);
    }

    [Fact]
    public void Sending_and_receiving_allocate_nothing()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        DatagramAddress to = DatagramAddress.From(receiver.LocalEndPoint);
        byte[] bytes = new byte[10 * 1000];
        byte[] buffer = new byte[DatagramSocket.MaxDatagramSize + 1];
        Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Turn();
        }

        // On other systems .NET's own sockets may.
        Assert.True(!OperatingSystem.IsLinux() || GC.GetAllocatedBytesForCurrentThread() == before);

        void Turn()
        {
            sender.TrySend(bytes, 1000, to, out _);
            while (receiver.TryReceive(buffer, out _) == DatagramReceiveStatus.Received)
            {
            }
        }
    }

    private static byte[] Drain(DatagramSocket socket, int length, out List<int> sizes)
    {
        using var poller = new DatagramPoller();
        poller.Add(socket);
        var readable = new List<DatagramSocket>();
        byte[] buffer = new byte[DatagramSocket.MaxDatagramSize + 1];
        using var all = new MemoryStream();
        sizes = [];
        while (all.Length < length)
        {
            poller.Wait(Patience, readable);
            Assert.NotEmpty(readable);
            while (socket.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
            {
                all.Write(buffer, 0, batch.Length);
                for (int offset = 0; offset < batch.Length; offset += batch.SegmentSize)
                {
                    sizes.Add(Math.Min(batch.SegmentSize, batch.Length - offset));
                }
            }
        }

        return all.ToArray();
    }
}
