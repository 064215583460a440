using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Tests.Connections.Output;

public sealed class PendingResetsTests
{
    [Fact]
    public void A_flood_of_bad_segments_gets_a_handful_of_answers()
    {
        var statistics = new ConnectionStatistics();
        var resets = new PendingResets(1, 2, statistics);
        for (uint i = 0; i < 1_000; i++)
        {
            resets.Add(SegmentFlags.Rst, new SequenceNumber(i), new SequenceNumber(7));
        }

        for (uint i = 0; i < PendingResets.MaxCount; i++)
        {
            Assert.True(resets.TryTake(out SegmentHeader header));
            Assert.Equal((1, 2, i, 0U), (header.SourcePort, header.DestinationPort, header.Sequence.Value, header.Acknowledgment.Value));
        }

        Assert.True(resets.IsEmpty);
        Assert.False(resets.TryTake(out _));
        Assert.Equal(PendingResets.MaxCount, statistics.ResetsSent);
    }
}
