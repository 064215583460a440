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
        Assert.True(TryEnter(link, 1, Datagrams, 100, 8, EcnCodepoint.Ect0));
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
        Assert.True(TryEnter(together, 0, Datagrams, 100));
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
        Assert.False(TryEnter(link, 0, Datagrams, 100));
        Assert.Equal((0, 0), (link.Statistics.Entered, link.BytesOnLink));
    }

    [Fact]
    public void Who_is_told_of_each_is_told_of_each()
    {
        EmulatedLink<int> link = Make("delay=1ms");
        link.Log = _ => { };
        Assert.False(TryEnter(link, 0, Datagrams, 100));
    }

    [Fact]
    public void What_is_counted_apart_does_not_enter_with_what_is_not()
    {
        var link = new EmulatedLink<int>(ModelOf("delay=1ms")) { IsAside = d => d[0] >= 100, BatchDelivery = Take };
        Assert.False(TryEnter(link, 0, Datagrams, 100));
        Assert.True(TryEnter(link, 0, Datagrams[..90], 30));
        Assert.True(TryEnter(link, 0, Datagrams[100..190], 30));
        Assert.Equal((3, 3), (link.Statistics.Entered, link.Aside.Entered));
    }

    [Fact]
    public void A_batch_that_fills_its_buffer_is_kept_where_it_is_and_the_caller_has_another_one()
    {
        EmulatedLink<int> link = Make("delay=10ms");
        byte[] large = [.. Enumerable.Range(0, 60_000).Select(i => (byte)(i / 7))];
        byte[] first = new byte[DatagramStore.LargestSize];
        large.CopyTo(first, 0);
        byte[] buffer = first;
        Assert.True(link.TryEnterAll(At(0), ref buffer, large.Length, 1400, 1, EcnCodepoint.NotEct));
        Assert.NotSame(first, buffer);
        Assert.Equal(first.Length, buffer.Length);
        Array.Fill(buffer, (byte)0xEE);

        // A small one is copied: it would keep 64 KiB for a few bytes.
        byte[] second = buffer;
        Datagrams.CopyTo(buffer, 0);
        Assert.True(link.TryEnterAll(At(0), ref buffer, Datagrams.Length, 100, 2, EcnCodepoint.NotEct));
        Assert.Same(second, buffer);
        Array.Fill(buffer, (byte)0xEE);
        Deliver(link, At(10));
        Assert.Equal([large, Datagrams], _left.Select(l => l.Bytes));
        Assert.Equal(0, link.BytesOnLink);
    }

    [Fact]
    public void What_is_kept_for_later_and_what_is_lent_take_no_more_than_the_capacity()
    {
        const int Capacity = 1 << 20;
        var store = new DatagramStore(Capacity);
        var alive = new List<WeakReference>();
        foreach (int length in (int[])[200, 2000, 9000, 60_000, 200])
        {
            // As full as it gets, with each size in turn.
            Fill(store, length, Capacity / DatagramStore.SizeFor(length), alive);
        }

        GC.Collect();
        Assert.InRange(alive.Select(a => a.Target).OfType<byte[]>().Distinct(ReferenceEqualityComparer.Instance).Sum(bytes => ((byte[])bytes!).Length), 1, Capacity);
        GC.KeepAlive(store);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Fill(DatagramStore store, int length, int count, List<WeakReference> alive)
        {
            byte[][] lent = [.. Enumerable.Range(0, count).Select(_ => store.Take(length))];
            alive.AddRange(lent.Select(bytes => new WeakReference(bytes)));
            Array.ForEach(lent, store.Return);
        }
    }

    [Fact]
    public void A_change_ends_it_and_what_is_on_its_way_arrives()
    {
        EmulatedLink<int> link = Make("delay=10ms");
        Assert.True(TryEnter(link, 0, Datagrams, 100));
        Assert.True(LinkDescription.TryParse("loss=100%", out LinkDescription lossy, out _));
        link.Model.Change(At(1), lossy.Up);
        Assert.False(TryEnter(link, 2, Datagrams, 100));
        Deliver(link, At(10));
        Assert.Equal(4, link.Statistics.Delivered);
    }

    private static Instant At(int milliseconds) => Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));

    private static LinkModel ModelOf(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return new LinkModel(link.Up, 1);
    }

    // The link may keep the buffer: what is put into the next one must not change what it keeps.
    private static bool TryEnter(EmulatedLink<int> link, int at, byte[] datagrams, int segmentSize, int tag = 0, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        byte[] buffer = new byte[DatagramStore.LargestSize];
        datagrams.CopyTo(buffer, 0);
        bool entered = link.TryEnterAll(At(at), ref buffer, datagrams.Length, segmentSize, tag, ecn);
        Array.Fill(buffer, (byte)0xEE);
        return entered;
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
