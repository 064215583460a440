using NetLab.Tcp.Connections;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>What is done for each segment takes no memory of the heap's.</summary>
public sealed class SenderAllocationTests
{
    [Fact]
    [Conformance(179)]
    public void Sending_and_acknowledging_allocate_nothing_a_segment()
    {
        var handler = NoHandler.Instance;
        Connection client = Connection.Open(default, new ConnectionOptions { Pacing = false }, handler, new ConnectionIdentity(50_000, 9_000, new SequenceNumber(1), 7));
        byte[] buffer = new byte[65_507];
        client.Transmit(default, buffer, 1);
        var synAck = new SegmentHeader
        {
            SourcePort = 9_000,
            DestinationPort = 50_000,
            Sequence = new SequenceNumber(100),
            Acknowledgment = new SequenceNumber(2),
            Flags = SegmentFlags.Syn | SegmentFlags.Ack,
            Window = 65_535,
            Options = new SegmentOptions { MaxSegmentSize = 1400, WindowScale = 2, SackPermitted = true, Timestamps = new SegmentTimestamps(1, 7) },
        };
        Udp.Time.Instant now = Udp.Time.Instant.FromOrigin(TimeSpan.FromMilliseconds(10));
        client.Receive(now, new Segment(synAck, default));
        byte[] data = new byte[16_000_000];
        client.Write(new System.Buffers.ReadOnlySequence<byte>(data));
        SegmentHeader ack = synAck with { Sequence = new SequenceNumber(101), Flags = SegmentFlags.Ack, Options = new SegmentOptions { Timestamps = new SegmentTimestamps(2, 7) } };
        long sent = 0;
        for (int i = 0; i < 20; i++)
        {
            Turn();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        long sentBefore = sent;
        for (int i = 0; i < 20; i++)
        {
            Turn();
        }

        Assert.True(sent - sentBefore > 100_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Turn()
        {
            now += TimeSpan.FromMilliseconds(10);
            while (client.Transmit(now, buffer, 44) is { Bytes: > 0 } batch)
            {
                int segments = (batch.Bytes + batch.SegmentSize - 1) / batch.SegmentSize;
                sent += batch.Bytes - (32 * segments);
            }

            client.Receive(now, new Segment(ack with { Acknowledgment = new SequenceNumber((uint)(2 + sent)) }, default));
        }
    }
}
