using NetLab.Udp.Links;

namespace NetLab.Udp.Tests.Links;

public sealed class LinkStringTests
{
    [Fact]
    public void Every_key_is_read_for_both_directions()
    {
        LinkDescription link = Parse("delay=20ms,jitter=2ms,loss=1%,burst=4,duplicate=0.1%,reorder=1%,corrupt=0.01%,rate=100M,queue=256K,seed=7");
        Assert.Equal(7ul, link.Seed);
        Assert.Equal(link.Up, link.Down);
        Assert.Equal(TimeSpan.FromMilliseconds(20), link.Up.Delay);
        Assert.Equal(TimeSpan.FromMilliseconds(2), link.Up.Jitter);
        Assert.Equal((0.01, 4.0, 0.001, 0.01), (link.Up.Loss, link.Up.Burst, link.Up.Duplicate, link.Up.Reorder));
        Assert.Equal(0.0001, link.Up.Corrupt, 12);
        Assert.Equal((100_000_000L, 256L << 10), (link.Up.Rate, link.Up.Queue));
    }

    [Fact]
    public void One_direction_can_be_set_alone()
    {
        LinkDescription link = Parse("loss=1%,up.loss=5%,down.rate=10M");
        Assert.Equal((0.05, 0.01), (link.Up.Loss, link.Down.Loss));
        Assert.Equal((0L, 10_000_000L), (link.Up.Rate, link.Down.Rate));
    }

    [Fact]
    public void A_list_of_drops_goes_on_until_the_next_key()
    {
        LinkDescription link = Parse("drop=SYN_ACK#1,DATA#20,delay=1ms,up.drop=FIN#2,rst#1");
        Assert.Equal([new ScriptedDrop("SYN_ACK", 1), new("DATA", 20), new("FIN", 2), new("RST", 1)], link.Up.Drops.ToArray());
        Assert.Equal([new ScriptedDrop("SYN_ACK", 1), new("DATA", 20)], link.Down.Drops.ToArray());
        Assert.Equal(TimeSpan.FromMilliseconds(1), link.Down.Delay);
    }

    [Theory]
    [InlineData("delay=20ms,jitter=2ms,loss=1%,burst=4,duplicate=0.1%,reorder=1%,corrupt=0.01%,rate=100M,queue=64K,seed=7")]
    [InlineData("up.delay=1ms,down.delay=250us,jitter-reorder=3ms,rate=10M,aqm=fq_codel,queue=100p,target=10ms,ecn=on")]
    [InlineData("rate=1500K,aqm=pie,tupdate=30ms,max-burst=0s,outage=2s/30s,mtu=1280,every=100")]
    [InlineData("rate=10M,aqm=red,min=3,max=12,max-p=20%,weight=0.01,drop=SYN#1,down")]
    [InlineData("satellite")]
    [InlineData("datacenter")]
    public void A_link_writes_itself_as_text_that_says_the_same(string text)
    {
        LinkDescription link = Parse(text);
        LinkDescription again = Parse(link.ToString());
        Assert.Equal(link.ToString(), again.ToString());
        Assert.Equal(link.Up with { Drops = [] }, again.Up with { Drops = [] });
        Assert.Equal(link.Down with { Drops = [] }, again.Down with { Drops = [] });
    }

    [Fact]
    public void A_profile_is_the_text_it_stands_for_and_may_be_changed()
    {
        Assert.All(LinkProfile.All, profile => Assert.Equal(Parse(profile.Text), Parse(profile.Name)));
        Assert.Equal(Parse("lte") with { Up = Parse("lte").Up with { Loss = 0.2 } }, Parse("up.loss=20%,lte"));
    }

    [Fact]
    public void Jitter_that_keeps_the_order_and_jitter_that_does_not_have_names_of_their_own()
    {
        Assert.Equal((TimeSpan.FromMilliseconds(2), false), (Parse("jitter=2ms").Up.Jitter, Parse("jitter=2ms").Up.JitterReorders));
        Assert.Equal((TimeSpan.FromMilliseconds(2), true), (Parse("jitter-reorder=2ms").Up.Jitter, Parse("jitter-reorder=2ms").Up.JitterReorders));
    }

    [Fact]
    public void Each_nth_is_dropped_where_that_is_asked_for()
    {
        var model = new LinkModel(Parse("every=3").Up, 1);
        Assert.Equal("..x..x..x.", string.Concat(Enumerable.Range(0, 10).Select(_ => model.Pass(default, [1]).IsDropped ? 'x' : '.')));
    }

    [Fact]
    public void Nothing_is_a_link_that_changes_nothing() => Assert.Equal(new LinkDescription(), Parse(""));

    [Theory]
    [InlineData("loss=200%", "loss=200%")]
    [InlineData("delay=20", "delay=20")]
    [InlineData("delay=2d", "delay=2d")]
    [InlineData("dealy=20ms", "dealy")]
    [InlineData("loss", "loss")]
    [InlineData("rate=0", "rate=0")]
    [InlineData("burst=0.5", "burst=0.5")]
    [InlineData("drop=DATA", "drop=DATA")]
    [InlineData("drop=DATA#0", "drop=DATA#0")]
    [InlineData("seed=-1", "seed=-1")]
    [InlineData("up.seed=1", "up.seed=1")]
    [InlineData("delay=1ms,,loss=1%", "''")]
    [InlineData("loss=1%,loss=2%", "loss=2%")]
    [InlineData("jitter=1ms,jitter-reorder=1ms", "jitter-reorder=1ms")]
    [InlineData("burst=3", "burst=3")]
    [InlineData("queue=64K", "queue=64K")]
    [InlineData("aqm=codel", "aqm=codel")]
    [InlineData("rate=1M,aqm=cake", "aqm=cake")]
    [InlineData("rate=1M,target=5ms", "target=5ms")]
    [InlineData("rate=1M,aqm=codel,flows=3", "flows=3")]
    [InlineData("rate=1M,aqm=red,min=9,max=3", "min")]
    [InlineData("rate=1M,queue=0p", "queue=0p")]
    [InlineData("outage=2s", "outage=2s")]
    [InlineData("outage=30s/2s", "outage=30s/2s")]
    [InlineData("trace=/nonexistent/x", "trace=/nonexistent/x")]
    [InlineData("lte,dsl", "dsl")]
    [InlineData("every=0", "every=0")]
    public void A_mistake_is_one_line_that_names_the_word(string text, string word)
    {
        Assert.False(LinkDescription.TryParse(text, out _, out string? error));
        Assert.Contains(word, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    private static LinkDescription Parse(string text)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        return link;
    }
}
