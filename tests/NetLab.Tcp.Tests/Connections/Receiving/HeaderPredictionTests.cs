using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Tests.Connections.Receiving;

/// <summary>What follows a segment of a bulk transfer differs in number, checksum, PSH and bytes alone.</summary>
public sealed class HeaderPredictionTests
{
    private static readonly SegmentHeader Header = new()
    {
        SourcePort = 1,
        DestinationPort = 2,
        Sequence = new SequenceNumber(uint.MaxValue - 50),
        Acknowledgment = new SequenceNumber(7),
        Flags = SegmentFlags.Ack,
        Window = 100,
        Options = new SegmentOptions { Timestamps = new SegmentTimestamps(1, 2) },
    };

    [Fact]
    public void The_next_number_and_any_bytes_match_with_or_without_push()
    {
        Assert.True(HeaderPrediction.TryMake(Write(Header), out HeaderPrediction prediction));
        SequenceNumber next = Header.Sequence.Add(100);
        Assert.Equal((next, Header.Acknowledgment, 32), (prediction.Next, prediction.Acknowledgment, prediction.HeaderLength));
        Assert.True(prediction.Matches(Write(Header with { Sequence = next }, fill: 9), next));
        Assert.True(prediction.Matches(Write(Header with { Sequence = next, Flags = SegmentFlags.Ack | SegmentFlags.Psh }), next));
    }

    [Fact]
    public void Whatever_else_differs_does_not_match()
    {
        Assert.True(HeaderPrediction.TryMake(Write(Header), out HeaderPrediction prediction));
        SegmentHeader next = Header with { Sequence = prediction.Next };
        SegmentHeader[] others =
        [
            next with { Sequence = next.Sequence.Add(1) }, next with { Acknowledgment = new SequenceNumber(8) }, next with { Window = 101 }, next with { SourcePort = 3 },
            next with { DestinationPort = 3 }, next with { Flags = SegmentFlags.Ack | SegmentFlags.Fin }, next with { Flags = SegmentFlags.Ack | SegmentFlags.Urg },
            next with { Options = new SegmentOptions { Timestamps = new SegmentTimestamps(3, 2) } }, next with { Options = default },
        ];
        foreach (SegmentHeader other in others)
        {
            Assert.False(prediction.Matches(Write(other), prediction.Next), other.ToString());
        }

        Assert.False(prediction.Matches(Write(next, payload: 0), prediction.Next));
        Assert.False(prediction.Matches(Write(next).AsSpan(0, 10), prediction.Next));
        Assert.False(prediction.Matches(default, prediction.Next));
    }

    [Theory]
    [InlineData(SegmentFlags.Ack | SegmentFlags.Fin)]
    [InlineData(SegmentFlags.Syn | SegmentFlags.Ack)]
    [InlineData(SegmentFlags.Rst)]
    [InlineData(SegmentFlags.Ack | SegmentFlags.Ece)]
    [InlineData(SegmentFlags.None)]
    public void Only_an_ordinary_segment_predicts(SegmentFlags flags) => Assert.False(HeaderPrediction.TryMake(Write(Header with { Flags = flags }), out _));

    private static byte[] Write(SegmentHeader header, byte fill = 1, int payload = 100)
    {
        int size = SegmentWriter.SizeOf(header.Options);
        byte[] segment = new byte[size + payload];
        segment.AsSpan(size).Fill(fill);
        SegmentWriter.Write(segment, header);
        return segment;
    }
}
