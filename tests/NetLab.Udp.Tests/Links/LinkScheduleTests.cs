using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links;

public sealed class LinkScheduleTests
{
    private static readonly byte[] Datagram = new byte[1_472];

    [Fact]
    public void A_link_changes_at_its_times_and_the_log_says_so()
    {
        EmulatedLink<int> link = Scheduled("delay=1ms", "0s: rate=12M; 1s: loss=100%; 2s: loss=0%; 3s: down\n4s: up # and so on\n# the end");
        var changes = new List<(double At, bool IsDown)>();
        link.Changes = change => changes.Add((change.At.SinceOrigin.TotalSeconds, change.IsDown));
        var outcomes = new List<LinkOutcome>();
        link.Log = outcomes.Add;
        Send(link, 5, 10);
        Assert.Equal([(1, false), (2, false), (3, true), (4, false)], changes);
        Assert.All(outcomes, o => Assert.Equal(
            o.EnteredAt.SinceOrigin.TotalSeconds switch
            {
                >= 1 and < 2 => LinkEffects.Lost,
                >= 3 and < 4 => LinkEffects.Down,
                _ => LinkEffects.None,
            },
            o.Effects));

        // A frame at 12 Mbit/s is a millisecond, and the way another.
        Assert.All(outcomes.Where(o => !o.IsDropped), o => Assert.Equal(2, (o.DeliverAt - o.EnteredAt).TotalMilliseconds));
    }

    [Fact]
    public void What_waits_while_a_link_is_down_goes_on_when_it_is_up_and_at_the_new_rate()
    {
        EmulatedLink<int> link = Scheduled("", "0s: rate=12M; 5ms: down; 105ms: up,rate=120M");
        var outcomes = new List<LinkOutcome>();
        link.Log = outcomes.Add;
        for (int i = 0; i < 10; i++)
        {
            link.Enter(Instant.Zero, Datagram, 0);
        }

        Leave(link, Instant.FromOrigin(TimeSpan.FromSeconds(1)));

        // Five and the one that was begun leave before, or at, the end of the fifth millisecond; four a tenth of a millisecond each afterwards.
        Assert.Equal([1, 2, 3, 4, 5, 6, 105.1, 105.2, 105.3, 105.4], outcomes.Select(o => Math.Round(o.DeliverAt.SinceOrigin.TotalMilliseconds, 3)));
    }

    [Fact]
    public void An_outage_ends_every_period()
    {
        Assert.True(LinkDescription.TryParse("outage=200ms/1s", out LinkDescription description, out string? error), error);
        var link = new EmulatedLink<int>(new LinkModel(description.Up, 1));
        var outcomes = new List<LinkOutcome>();
        link.Log = outcomes.Add;
        var changes = new List<double>();
        link.Changes = change => changes.Add(change.At.SinceOrigin.TotalSeconds);
        Send(link, 3, 10);
        Assert.All(outcomes, o => Assert.Equal(o.EnteredAt.SinceOrigin.TotalMilliseconds % 1_000 >= 800, o.Effects == LinkEffects.Down));
        Assert.Equal([0.8, 1, 1.8, 2, 2.8], changes);
        Assert.Equal(60, link.Statistics.LostWhileDown);
    }

    [Fact]
    public void A_schedule_counts_from_where_the_link_starts()
    {
        EmulatedLink<int> link = Scheduled("", "1s: down");
        Instant start = Instant.FromOrigin(TimeSpan.FromDays(100));
        link.Model.Start(start);
        Assert.Equal(start + TimeSpan.FromSeconds(1), link.NextEvent);
    }

    [Theory]
    [InlineData("10s: loss=1%; 5s: loss=2%", "line 1: '5s': goes back in time: 10s came before")]
    [InlineData("0s: rate=1M\n1s: lots=2%", "line 2: 'lots=2%': unknown key 'lots'")]
    [InlineData("0s: rate=1M\n\nsoon: loss=2%", "line 3: 'soon'")]
    [InlineData("1s: aqm=cake", "line 1: 'aqm=cake'")]
    [InlineData("1s: seed=3", "line 1: '1s': the seed")]
    [InlineData("1s loss=3%", "line 1: '1s loss=3%'")]
    [InlineData("# nothing", "there is no step")]
    public void A_mistake_is_one_line_that_names_line_and_word(string schedule, string message)
    {
        Assert.False(new LinkDescription().TrySchedule(schedule, out _, out string? error));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error!);
    }

    private static EmulatedLink<int> Scheduled(string text, string schedule)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription description, out string? error), error);
        Assert.True(description.TrySchedule(schedule, out description, out error), error);
        return new EmulatedLink<int>(new LinkModel(description.Up, 1));
    }

    private static void Send(EmulatedLink<int> link, int seconds, int everyMilliseconds)
    {
        for (int i = 0; i < seconds * 1_000; i += everyMilliseconds)
        {
            Instant now = Instant.FromOrigin(TimeSpan.FromMilliseconds(i));
            Leave(link, now);
            link.Enter(now, Datagram, 0);
        }
    }

    private static void Leave(EmulatedLink<int> link, Instant now)
    {
        while (link.NextEvent <= now)
        {
            link.TryDeliver(now, (_, _, _) => { });
        }
    }
}
