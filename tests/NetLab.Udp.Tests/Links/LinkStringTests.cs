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
