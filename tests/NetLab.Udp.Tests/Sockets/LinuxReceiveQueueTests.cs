using System.Diagnostics;
using System.Net;
using CsCheck;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Sockets;

/// <summary>Datagrams that the kernel does not coalesce, many a call: the same datagrams, in the same order, in fewer calls.</summary>
public sealed class LinuxReceiveQueueTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [LinuxFact]
    public void Every_datagram_comes_once_whole_and_in_order_whatever_its_size_sender_and_mark() =>
        Gen.Select(Gen.Int[0, 3], Gen.OneOf(Gen.Const(1400), Gen.Int[0, 1500], Gen.Int[1501, 20_000]), Gen.Bool).Array[1, 150].Sample(
            sends =>
            {
                using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
                DatagramSocket[] senders = [.. Enumerable.Range(0, 4).Select(_ => DatagramSocket.Bind(AnyPort))];
                DatagramAddress to = DatagramAddress.From(receiver.LocalEndPoint);
                List<(IPEndPoint From, byte[] Bytes, EcnCodepoint Ecn)> sent = [];
                var random = new Random(sends.Length);
                byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];

                // The socket takes several singles before it asks for many at once.
                for (int i = 0; i < 16; i++)
                {
                    senders[0].TrySend(new byte[1400], 1400, to, out _);
                    Assert.Equal(DatagramReceiveStatus.Received, receiver.TryReceive(buffer, out _));
                }

                Assert.True(receiver.IsUncoalesced);
                foreach ((int from, int size, bool marked) in sends)
                {
                    byte[] bytes = new byte[size];
                    random.NextBytes(bytes);
                    EcnCodepoint ecn = marked ? EcnCodepoint.Ect0 : EcnCodepoint.NotEct;
                    Assert.Equal(DatagramSendStatus.Sent, senders[from].TrySend(bytes, Math.Max(1, size), to, ecn, out _));
                    sent.Add((senders[from].LocalEndPoint, bytes, ecn));
                }

                List<(IPEndPoint From, byte[] Bytes, EcnCodepoint Ecn)> received = [];
                while (receiver.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
                {
                    ReadOnlySpan<byte> bytes = buffer.AsSpan(0, batch.Length);
                    do
                    {
                        ReadOnlySpan<byte> one = bytes[..Math.Min(batch.SegmentSize, bytes.Length)];
                        received.Add((batch.From.ToIPEndPoint(), one.ToArray(), batch.Ecn));
                        bytes = bytes[one.Length..];
                    }
                    while (!bytes.IsEmpty);
                }

                Array.ForEach(senders, s => s.Dispose());
                Assert.Equal(sent.Count, received.Count);
                Assert.All(sent.Zip(received), pair =>
                {
                    Assert.Equal(pair.First.From, pair.Second.From);
                    Assert.Equal(pair.First.Bytes, pair.Second.Bytes);
                    Assert.Equal(pair.First.Ecn, pair.Second.Ecn);
                });
            },
            iter: 200);

    [LinuxFact]
    public void Equal_datagrams_of_one_sender_are_one_batch_of_one_call()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        SendSingles(sender, receiver, 40);
        int received = 0;
        int largest = 0;
        while (receiver.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
        {
            largest = Math.Max(largest, batch.Length / 1000);
            received += batch.Length / 1000;
        }

        Assert.Equal((40, 40), (received, receiver.Statistics.DatagramsReceived));

        // Eight singles, then what the stamps say came together; a busy machine may have sent them with pauses.
        Assert.InRange(largest, 2, 32);
        Assert.InRange(receiver.Statistics.ReceiveCalls, 9, 12);
    }

    [LinuxFact]
    public void A_poller_does_not_wait_for_what_has_been_received_already()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket first = DatagramSocket.Bind(AnyPort);
        using DatagramSocket second = DatagramSocket.Bind(AnyPort);
        using var poller = new DatagramPoller();
        poller.Add(receiver);
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        SendSingles(first, receiver, 10);
        SendSingles(second, receiver, 1);
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(DatagramReceiveStatus.Received, receiver.TryReceive(buffer, out _));
        }

        Assert.True(receiver.HasWaiting);
        List<DatagramSocket> readable = [];
        poller.Wait(Timeout.InfiniteTimeSpan, readable);
        Assert.Equal([receiver], readable);
    }

    [LinuxFact]
    public void A_datagram_larger_than_the_callers_buffer_is_cut_and_counted_and_the_next_is_whole()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        DatagramAddress to = DatagramAddress.From(receiver.LocalEndPoint);
        byte[] buffer = new byte[4000];
        SendSingles(sender, receiver, 8);
        for (int i = 0; i < 8; i++)
        {
            receiver.TryReceive(buffer, out _);
        }

        sender.TrySend(new byte[1000], 1000, to, out _);
        sender.TrySend(new byte[9000], 9000, to, out _);
        sender.TrySend([1, 2, 3], 3, to, out _);
        Assert.Equal([1000, 4000, 3], Enumerable.Range(0, 3).Select(_ => receiver.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received ? batch.Length : -1));
        Assert.Equal([1, 2, 3], buffer[..3]);
        Assert.Equal(1, receiver.Statistics.Truncated);
    }

    [LinuxFact]
    public void Questions_that_come_one_at_a_time_are_no_stream()
    {
        using DatagramSocket receiver = DatagramSocket.Bind(AnyPort);
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        for (int i = 0; i < 50; i++)
        {
            SendSingles(sender, receiver, 1);
            Assert.Equal(DatagramReceiveStatus.Received, receiver.TryReceive(buffer, out _));
            Assert.Equal(DatagramReceiveStatus.Empty, receiver.TryReceive(buffer, out _));
            Assert.False(receiver.IsUncoalesced);
            for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromMicroseconds(20);)
            {
                Thread.SpinWait(10);
            }
        }
    }

    [LinuxFact]
    public void Sockets_in_which_nothing_waits_hold_no_queues()
    {
        using DatagramSocket sender = DatagramSocket.Bind(AnyPort);
        DatagramSocket[] receivers = [.. Enumerable.Range(0, 50).Select(_ => DatagramSocket.Bind(AnyPort))];
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (DatagramSocket receiver in receivers)
        {
            SendSingles(sender, receiver, 20);
            int received = 0;
            while (receiver.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
            {
                received += batch.Length / 1000;
            }

            Assert.Equal((20, false), (received, receiver.HasWaiting));
            Assert.InRange(receiver.Statistics.ReceiveCalls, 9, 15);
        }

        // A queue has some 4 MB; the tests beside this one may have one each.
        Array.ForEach(receivers, r => r.Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    private static void SendSingles(DatagramSocket sender, DatagramSocket receiver, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(DatagramSendStatus.Sent, sender.TrySend(new byte[1000], 1000, DatagramAddress.From(receiver.LocalEndPoint), out _));
        }
    }
}
