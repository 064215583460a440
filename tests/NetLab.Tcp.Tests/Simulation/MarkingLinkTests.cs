using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>Bottlenecks that mark instead of dropping: 20 Mbit/s, a round trip of 20 ms, marks from half of a BDP on.</summary>
public sealed class MarkingLinkTests
{
    private const string Link = "delay=10ms,rate=20M,queue=100000";

    [Theory]
    [InlineData(CongestionAlgorithm.NewReno)]
    [InlineData(CongestionAlgorithm.Cubic)]
    [InlineData(CongestionAlgorithm.Bbr)]
    [Conformance(127)]
    public void A_queue_that_marks_is_kept_short_without_losing_anything(CongestionAlgorithm congestion)
    {
        SimulatedPair dropping = Play(Link, congestion, EcnMode.Off);
        SimulatedPair marking = Play(Link + ",mark=25000", congestion, EcnMode.Request);
        Assert.True(marking.Up.Statistics.Marked > 0);
        Assert.Equal(0, marking.Down.Statistics.Marked);

        // Two rounds of slow start find the queue's end before the first mark is back; after that, nothing is lost.
        Assert.True(marking.Up.Statistics.QueueDrops * 10 <= dropping.Up.Statistics.QueueDrops);
        Assert.True(marking.Client.Connection!.Statistics.MarksReported <= marking.Up.Statistics.Marked);

        // Seldom more in it than the threshold: the round trip tells.
        Assert.InRange(marking.Client.Connection.Statistics.SmoothedRoundTrip!.Value.TotalMilliseconds, 20, 40);
        Assert.True(marking.Up.Statistics.DeliveredBytes > 0.85 * dropping.Up.Statistics.DeliveredBytes);
    }

    [Fact]
    [Conformance(127)]
    public void A_link_that_clears_marks_gets_nothing_to_mark()
    {
        Assert.True(LinkDescription.TryParse(Link + ",mark=25000", out LinkDescription link, out _));
        SimulatedPair pair = Play(link with { Up = link.Up with { Bleaches = true } }, CongestionAlgorithm.Cubic, EcnMode.Request);
        Assert.Equal((0, 0), (pair.Up.Statistics.Marked, pair.Client.Connection!.Statistics.MarksReported));
        Assert.True(pair.Up.Statistics.QueueDrops > 0);
        Assert.True(pair.Server!.ReceivedBytes > 1_000_000);
    }

    private static SimulatedPair Play(string text, CongestionAlgorithm congestion, EcnMode ecn)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return Play(link, congestion, ecn);
    }

    private static SimulatedPair Play(LinkDescription link, CongestionAlgorithm congestion, EcnMode ecn)
    {
        var pair = new SimulatedPair(link, 1, new ConnectionOptions { Congestion = congestion, Ecn = ecn });
        pair.Up.Log = outcome => Assert.True(ecn == EcnMode.Request || outcome.Ecn == EcnCodepoint.NotEct);
        pair.Client.Write(new byte[20_000_000]);
        pair.Run(() => pair.Server is not null, TimeSpan.FromSeconds(1));
        pair.Server!.KeepsReceived = false;
        pair.Advance(TimeSpan.FromSeconds(6));
        return pair;
    }
}
