using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links;

/// <summary>Datagrams that come together stay together on a link that only delays, and are counted as if they had come one by one.</summary>
public sealed class LinkBatchTests
{
    private static readonly byte[] Datagrams = [.. Enumerable.Range(0, 350).Select(i => (byte)i)];

    private readonly List<(Instant At, byte[] Bytes, int SegmentSize, int Tag, EcnCodepoint Ecn)> _left = [];
    private Instant _now;

    [Fact]
    public void A_batch_leaves_whole_when_the_delay_is_over_behind_what_entered_before()
    {
        EmulatedLink<int> link = Make("delay=10ms");
        link.Enter(At(0), [1, 2], 7);
        Assert.True(link.TryEnterAll(At(1), Datagrams, 100, 8, EcnCodepoint.Ect0));
        Deliver(link, At(10));
        Assert.Equal([2], _left.Select(l => l.Bytes.Length));
        Assert.Equal(At(11), link.NextEvent);
        Deliver(link, At(11));
        Assert.Equal((At(11), 100, 8, EcnCodepoint.Ect0), (_left[1].At, _left[1].SegmentSize, _left[1].Tag, _left[1].Ecn));
        Assert.Equal(Datagrams, _left[1].Bytes);
        Assert.Equal(0, link.BytesOnLink);
    }

    [Fact]
    public void The_counts_are_those_of_datagrams_one_by_one()
    {
        EmulatedLink<int> together = Make("delay=10ms");
        EmulatedLink<int> apart = Make("delay=10ms");
        Assert.True(together.TryEnterAll(At(0), Datagrams, 100, 0, EcnCodepoint.NotEct));
        foreach (byte[] datagram in Datagrams.Chunk(100))
        {
            apart.Enter(At(0), datagram, 0);
        }

        together.Enter(At(1), [1], 0);
        apart.Enter(At(1), [1], 0);
        Deliver(together, At(20));
        Deliver(apart, At(20));
        Assert.Equal(Counts(apart), Counts(together));

        static (long, long, long, long, long, long) Counts(EmulatedLink<int> link) =>
            (link.Statistics.Entered, link.Statistics.EnteredBytes, link.Statistics.Delivered, link.Statistics.DeliveredBytes, link.Statistics.Delayed, link.Statistics.Reordered);
    }

    [Theory]
    [InlineData("loss=1%")]
    [InlineData("delay=1ms,jitter=1ms")]
    [InlineData("rate=10M")]
    [InlineData("duplicate=1%")]
    [InlineData("reorder=1%")]
    [InlineData("corrupt=1%")]
    [InlineData("mtu=1000")]
    [InlineData("every=3")]
    [InlineData("down")]
    public void Where_each_may_have_a_fate_of_its_own_none_enters_with_others(string text)
    {
        EmulatedLink<int> link = Make(text);
        Assert.False(link.TryEnterAll(At(0), Datagrams, 100, 0, EcnCodepoint.NotEct));
        Assert.Equal((0, 0), (link.Statistics.Entered, link.BytesOnLink));
    }

    [Fact]
    public void Who_is_told_of_each_is_told_of_each()
    {
        EmulatedLink<int> link = Make("delay=1ms");
        link.Log = _ => { };
        Assert.False(link.TryEnterAll(At(0), Datagrams, 100, 0, EcnCodepoint.NotEct));
    }

    [Fact]
    public void What_is_counted_apart_does_not_enter_with_what_is_not()
    {
        var link = new EmulatedLink<int>(ModelOf("delay=1ms")) { IsAside = d => d[0] >= 100, BatchDelivery = Take };
        Assert.False(link.TryEnterAll(At(0), Datagrams, 100, 0, EcnCodepoint.NotEct));
        Assert.True(link.TryEnterAll(At(0), Datagrams.AsSpan(0, 90), 30, 0, EcnCodepoint.NotEct));
        Assert.True(link.TryEnterAll(At(0), Datagrams.AsSpan(100, 90), 30, 0, EcnCodepoint.NotEct));
        Assert.Equal((3, 3), (link.Statistics.Entered, link.Aside.Entered));
    }

    [Fact]
    public void A_change_ends_it_and_what_is_on_its_way_arrives()
    {
        EmulatedLink<int> link = Make("delay=10ms");
        Assert.True(link.TryEnterAll(At(0), Datagrams, 100, 0, EcnCodepoint.NotEct));
        Assert.True(LinkDescription.TryParse("loss=100%", out LinkDescription lossy, out _));
        link.Model.Change(At(1), lossy.Up);
        Assert.False(link.TryEnterAll(At(2), Datagrams, 100, 0, EcnCodepoint.NotEct));
        Deliver(link, At(10));
        Assert.Equal(4, link.Statistics.Delivered);
    }

    private static Instant At(int milliseconds) => Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));

    private static LinkModel ModelOf(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return new LinkModel(link.Up, 1);
    }

    private EmulatedLink<int> Make(string text) => new(ModelOf(text)) { BatchDelivery = Take };

    private void Take(ReadOnlySpan<byte> datagrams, int segmentSize, int tag, EcnCodepoint ecn) => _left.Add((_now, datagrams.ToArray(), segmentSize, tag, ecn));

    private void Deliver(EmulatedLink<int> link, Instant now)
    {
        _now = now;
        while (link.TryDeliver(now, (datagram, tag, ecn) => _left.Add((now, datagram.ToArray(), 0, tag, ecn))))
        {
        }
    }
}
