using CsCheck;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links;

/// <summary>What is done by hand to a datagram on a link, before it and still to come, and to no other.</summary>
public sealed class LinkInterventionTests
{
    private readonly List<(int Tag, byte[] Bytes, long At)> _delivered = [];
    private readonly List<LinkOutcome> _log = [];

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_datagram_is_killed_wherever_it_is(int after)
    {
        EmulatedLink<int> link = Link("delay=50ms,rate=100K,queue=1M", out _);
        Enter(link, 5);
        Run(link, after);
        bool isThere = _delivered.All(d => d.Tag != 3);
        Assert.Equal(isThere, link.TryIntervene(new LinkIntervention(3, LinkEffects.ScriptedDrop)));
        Run(link, 10_000);
        Assert.Equal(isThere ? [1, 2, 4, 5] : [1, 2, 3, 4, 5], _delivered.Select(d => d.Tag));
        Assert.Equal(isThere ? 1 : 0, link.Statistics.ScriptedDrops);
        Assert.Equal(isThere, _log.Last(o => o.Ordinal == 3).IsDropped);
        Assert.Equal(0, link.BytesOnLink);
    }

    [Fact]
    public void A_datagram_that_is_delayed_is_overtaken_and_nothing_else_moves()
    {
        EmulatedLink<int> link = Link("delay=50ms", out _);
        Enter(link, 4);
        Assert.True(link.TryIntervene(new LinkIntervention(2, LinkEffects.HeldBack, TimeSpan.FromMilliseconds(30))));
        Run(link, 200);
        Assert.Equal([(1, 50), (3, 50), (4, 50), (2, 80)], _delivered.Select(d => (d.Tag, d.At)));
        Assert.Equal((1L, 1L), (link.Statistics.HeldBack, link.Statistics.Reordered));
    }

    [Fact]
    public void A_datagram_is_doubled_damaged_and_killed_with_its_copy()
    {
        EmulatedLink<int> link = Link("delay=50ms", out _);
        Enter(link, 3);
        Assert.True(link.TryIntervene(new LinkIntervention(1, LinkEffects.Duplicated)));
        Assert.True(link.TryIntervene(new LinkIntervention(2, LinkEffects.Corrupted)));
        Assert.True(link.TryIntervene(new LinkIntervention(3, LinkEffects.Duplicated)));
        Assert.True(link.TryIntervene(new LinkIntervention(3, LinkEffects.ScriptedDrop)));
        Run(link, 100);
        Assert.Equal([1, 1, 2], _delivered.Select(d => d.Tag).Order());
        byte[] damaged = _delivered.Single(d => d.Tag == 2).Bytes;
        Assert.Equal(1, damaged.Zip(Payload(2)).Sum(b => System.Numerics.BitOperations.PopCount((uint)(b.First ^ b.Second))));
        Assert.All(_delivered.Where(d => d.Tag == 1), d => Assert.Equal(Payload(1), d.Bytes));
        Assert.Equal((2L, 1L, 1L), (link.Statistics.Duplicated, link.Statistics.Corrupted, link.Statistics.ScriptedDrops));
    }

    [Fact]
    public void What_is_planned_befalls_the_datagram_when_it_comes_and_only_it()
    {
        EmulatedLink<int> link = Link("delay=10ms", out _);
        Assert.True(link.TryIntervene(new LinkIntervention(2, LinkEffects.HeldBack, TimeSpan.FromMilliseconds(5))));
        Assert.True(link.TryIntervene(new LinkIntervention(2, LinkEffects.Duplicated)));
        Assert.True(link.TryIntervene(new LinkIntervention(4, LinkEffects.ScriptedDrop)));
        Enter(link, 4);
        Run(link, 100);
        Assert.Equal([(1, 10), (3, 10), (2, 15), (2, 15)], _delivered.Select(d => (d.Tag, d.At)));
        Assert.Single(_log, o => o.Ordinal == 4 && o.IsDropped);
        Assert.False(link.TryIntervene(new LinkIntervention(2, LinkEffects.ScriptedDrop)));
    }

    [Fact]
    public void What_is_damaged_twice_stays_damaged_and_counts_once()
    {
        EmulatedLink<int> link = Link("delay=50ms", out _);
        Enter(link, 2);
        Assert.True(link.TryIntervene(new LinkIntervention(2, LinkEffects.Corrupted)));
        Assert.True(link.TryIntervene(new LinkIntervention(2, LinkEffects.Corrupted)));
        Run(link, 100);
        Assert.NotEqual(Payload(2), _delivered.Single(d => d.Tag == 2).Bytes);
        Assert.Equal(1, link.Statistics.Corrupted);
    }

    [Fact]
    public void Copies_take_no_more_memory_than_the_link_has()
    {
        Link("delay=50ms", out LinkModel model);
        var link = new EmulatedLink<int>(model, capacity: 4096);
        Enter(link, 1);
        int copies = Enumerable.Range(0, 1000).Count(_ => link.TryIntervene(new LinkIntervention(1, LinkEffects.Duplicated)));
        Assert.InRange(copies, 1, 20);
        Assert.InRange(link.BytesOnLink, 1, 4096);
        Run(link, 100);
        Assert.Equal(1 + copies, _delivered.Count);
    }

    [Fact]
    public void Plans_do_not_grow_without_end()
    {
        EmulatedLink<int> link = Link("delay=10ms", out _);
        int taken = Enumerable.Range(1, 100_000).Count(n => link.TryIntervene(new LinkIntervention(n, LinkEffects.ScriptedDrop)));
        Assert.Equal(1024, taken);
        Enter(link, 2000);
        Run(link, 100);
        Assert.Equal(2000 - 1024, _delivered.Count);
    }

    [Theory]
    [InlineData(0, LinkEffects.ScriptedDrop, 0, "datagrams are counted from 1")]
    [InlineData(1, LinkEffects.Marked, 0, "dropped, duplicated, held back or corrupted, not Marked")]
    [InlineData(1, LinkEffects.Lost | LinkEffects.ScriptedDrop, 0, "dropped, duplicated, held back or corrupted")]
    [InlineData(1, LinkEffects.HeldBack, 0, "held back for up to an hour")]
    [InlineData(1, LinkEffects.HeldBack, -1, "held back for up to an hour")]
    public void Nonsense_is_refused(long ordinal, LinkEffects effect, int milliseconds, string said)
    {
        EmulatedLink<int> link = Link("delay=10ms", out _);
        ArgumentException error = Assert.Throws<ArgumentException>(() => link.TryIntervene(new LinkIntervention(ordinal, effect, TimeSpan.FromMilliseconds(milliseconds))));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_done_in_whatever_order_nothing_is_lost_but_what_was_killed() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 3], Gen.Int[0, 40]).Array[0, 40].Sample(acts =>
        {
            _delivered.Clear();
            EmulatedLink<int> link = Link("delay=20ms,rate=1M,queue=1M", out _);
            Enter(link, 15);
            (HashSet<int> killed, int copies) = ([], 0);
            LinkEffects[] effects = [LinkEffects.ScriptedDrop, LinkEffects.Duplicated, LinkEffects.HeldBack, LinkEffects.Corrupted];
            int now = 0;
            foreach ((int ordinal, int effect, int wait) in acts)
            {
                Run(link, now += wait / 10);
                int before = _delivered.Count(d => d.Tag == ordinal);
                if (link.TryIntervene(new LinkIntervention(ordinal, effects[effect], TimeSpan.FromMilliseconds(7))))
                {
                    _ = effect == 0 ? killed.Add(ordinal) : effect == 1 && ++copies > 0;
                }
            }

            Run(link, now + 10_000);
            HashSet<int> came = [.. _delivered.Select(d => d.Tag)];
            Assert.All(Enumerable.Range(1, 15), n => Assert.True(came.Contains(n) || killed.Contains(n), $"{n}"));
            Assert.InRange(_delivered.Count, came.Count, 15 + copies);
            Assert.Equal(0, link.BytesOnLink);
        }, threads: 1);

    private static byte[] Payload(int tag) => [.. Enumerable.Range(0, 100).Select(i => (byte)(i + tag))];

    private EmulatedLink<int> Link(string text, out LinkModel model)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription? link, out string? error), error);
        (model, _) = link.CreateModels(1, null);
        return new EmulatedLink<int>(model) { Log = _log.Add };
    }

    private static void Enter(EmulatedLink<int> link, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            link.Enter(Instant.Zero, Payload(i), i);
        }
    }

    private void Run(EmulatedLink<int> link, int milliseconds)
    {
        Instant until = Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));
        while (link.TryDeliver(until, (bytes, tag, _) => _delivered.Add((tag, bytes.ToArray(), 0)), out Instant due))
        {
            _delivered[^1] = _delivered[^1] with { At = (long)due.SinceOrigin.TotalMilliseconds };
        }
    }
}
