using NetLab.Host.Experiments.Real;
using NetLab.Tcp.Segments;

namespace NetLab.Host.Tests.Experiments;

/// <summary>What an update costs: bytes and segments that are new, and none that a late timer sends again.</summary>
public sealed class UpdateTrafficTests
{
    private readonly UpdateTraffic _traffic = new();

    [Fact]
    public void What_is_sent_again_is_not_counted_again()
    {
        Count(0xFFFF_FFF0, acknowledgment: 5, length: 22);
        Count(0xFFFF_FFF0, acknowledgment: 5, length: 22);

        Assert.Equal((1, 22), _traffic.Now);
    }

    [Fact]
    public void Of_a_segment_that_is_new_in_part_only_that_part_is_counted()
    {
        Count(0xFFFF_FFF0, acknowledgment: 5, length: 22);
        Count(0xFFFF_FFF0, acknowledgment: 5, length: 32);

        Assert.Equal((2, 32), _traffic.Now);
    }

    [Fact]
    public void An_acknowledgment_counts_once_and_each_direction_for_itself()
    {
        Count(0xFFFF_FFF0, acknowledgment: 5, length: 22);
        Count(5, acknowledgment: 6, length: 0, isAnswer: true);
        Count(5, acknowledgment: 6, length: 0, isAnswer: true);
        Count(0xFFFF_FFF0, acknowledgment: 5, length: 22);
        Count(5, acknowledgment: 6, length: 3, isAnswer: true);

        Assert.Equal((3, 25), _traffic.Now);
    }

    [Fact]
    public void A_SYN_is_no_byte_of_payload_and_bad_bytes_are_nothing()
    {
        Count(99, acknowledgment: 0, length: 0, flags: SegmentFlags.Syn);
        Count(100, acknowledgment: 1, length: 10);
        _traffic.Count(new byte[7]);

        Assert.Equal((2, 10), _traffic.Now);
    }

    private void Count(uint sequence, uint acknowledgment, int length, bool isAnswer = false, SegmentFlags flags = SegmentFlags.Ack)
    {
        byte[] datagram = new byte[SegmentHeader.MinSize + length];
        SegmentWriter.Write(datagram, new SegmentHeader
        {
            SourcePort = (ushort)(isAnswer ? 2 : 1),
            DestinationPort = (ushort)(isAnswer ? 1 : 2),
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
            Flags = flags,
            Window = 100,
        });
        _traffic.Count(datagram);
    }
}
