using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>What an acknowledgment takes off the scoreboard or marks on it, and which round trip it measures.</summary>
public sealed class AcknowledgedSegmentsTests
{
    private readonly SentSegments _sent = new();
    private readonly DeliveryRate _rate = new();
    private readonly AcknowledgedSegments _acknowledged;

    public AcknowledgedSegmentsTests()
    {
        _acknowledged = new AcknowledgedSegments(_sent, new RackDetector(), _rate, new RoundTripEstimator(new ConnectionOptions()), new SequenceNumber(0));
        _sent.AppendBulk(1, 100, 10, _rate, At(0));
    }

    /// <summary>In bulk or one by one: what is below the number goes, a part of a segment is cut off, and all of it counts once.</summary>
    [Theory]
    [InlineData(101)]
    [InlineData(150)]
    [InlineData(901)]
    [InlineData(1001)]
    public void What_is_below_the_number_is_delivered_once(long acknowledged)
    {
        _acknowledged.Begin(null);
        _acknowledged.ProcessCumulative(At(50), acknowledged);
        Assert.Equal((acknowledged - 1) / 100 * 100, _rate.Delivered);
        Assert.Equal(1_001 - acknowledged, _sent.InFlight);
        Assert.Equal(acknowledged >= 101 ? TimeSpan.FromMilliseconds(50) : null, _acknowledged.Measure(advances: true));
    }

    /// <summary>Karn: what was sent twice measures nothing, unless a timestamp tells.</summary>
    [Fact]
    public void What_was_sent_again_measures_only_by_its_timestamp()
    {
        _sent.MarkRetransmitted(0, At(30));
        _acknowledged.Begin(null);
        _acknowledged.ProcessCumulative(At(50), 101);
        Assert.Null(_acknowledged.Measure(advances: true));
        _acknowledged.Begin(TimeSpan.FromMilliseconds(20));
        Assert.Equal(TimeSpan.FromMilliseconds(20), _acknowledged.Measure(advances: true));
    }

    /// <summary>A report that comes late, as those before it were lost, measures their loss; the timestamp it echoes does not.</summary>
    [Fact]
    public void A_late_report_does_not_measure_the_loss_of_those_before_it()
    {
        _acknowledged.Begin(TimeSpan.FromMilliseconds(40));
        _acknowledged.ProcessCumulative(At(500), 1_001);
        Assert.Equal(TimeSpan.FromMilliseconds(40), _acknowledged.Measure(advances: true));
    }

    [Fact]
    public void Blocks_mark_whole_segments_within_what_is_outstanding()
    {
        _acknowledged.Begin(null);
        Assert.Null(_acknowledged.ProcessSack(At(50), 1, Blocks((301, 501), (701, 750), (2_000, 3_000), (901, 801)), 1, 1_001));
        Assert.Equal((2, 200L, 200L), (_sent.SackedCount, _sent.SackedBytes, _rate.Delivered));
        _acknowledged.ProcessSack(At(60), 1, Blocks((301, 501)), 1, 1_001);
        Assert.Equal(200, _rate.Delivered);
    }

    /// <summary>RFC 2883, 4: the first block is a report of a duplicate if it lies below the number, or inside the second.</summary>
    [Fact]
    public void The_first_block_may_report_a_duplicate()
    {
        _acknowledged.Begin(null);
        Assert.Equal((1, 101), _acknowledged.ProcessSack(At(50), 201, Blocks((1, 101), (401, 501)), 201, 1_001));
        Assert.Equal((401, 451), _acknowledged.ProcessSack(At(50), 201, Blocks((401, 451), (401, 501)), 201, 1_001));
        Assert.Null(_acknowledged.ProcessSack(At(50), 201, Blocks((401, 501), (1, 101)), 201, 1_001));
    }

    private static SackBlocks Blocks(params (uint Start, uint End)[] ranges)
    {
        var blocks = default(SackBlocks);
        foreach ((uint start, uint end) in ranges)
        {
            blocks.Add(new SackBlock(new SequenceNumber(start), new SequenceNumber(end)));
        }

        return blocks;
    }

    private static Instant At(int milliseconds) => Instant.FromOrigin(TimeSpan.FromSeconds(1)) + TimeSpan.FromMilliseconds(milliseconds);
}
