using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Links;

/// <summary>What a link does to datagrams by name: once each, and it says so.</summary>
public sealed class ScriptedFaultTests
{
    [Fact]
    public void Named_datagrams_are_copied_damaged_and_held_back_once_each()
    {
        Assert.True(LinkDescription.TryParse("delay=10ms,up.copy=B#2,up.damage=B#3,up.hold=A#1/60ms,A#3/5ms", out LinkDescription link, out string? error), error);
        var outcomes = new List<LinkOutcome>();
        var emulated = new EmulatedLink<int>(new LinkModel(link.Up, seed: 1, (name, datagram) => name[0] == datagram[0])) { Log = outcomes.Add };
        byte[] sent = "ABBBAA"u8.ToArray();
        for (int i = 0; i < sent.Length; i++)
        {
            emulated.Enter(Instant.Zero, [sent[i], 0], i);
        }

        Assert.Equal(
            [LinkEffects.HeldBack, LinkEffects.None, LinkEffects.Duplicated, LinkEffects.Corrupted, LinkEffects.None, LinkEffects.HeldBack], outcomes.Select(o => o.Effects));
        Assert.Equal(TimeSpan.FromMilliseconds(70), outcomes[0].DeliverAt.SinceOrigin);
        Assert.Equal(TimeSpan.FromMilliseconds(15), outcomes[5].DeliverAt.SinceOrigin);
        var arrived = new List<(int Tag, bool IsWhole)>();
        while (emulated.TryDeliver(Instant.FromOrigin(TimeSpan.FromSeconds(1)), (bytes, tag, _) => arrived.Add((tag, bytes[0] == sent[tag] && bytes[1] == 0))))
        {
        }

        Assert.Equal([(1, true), (2, true), (2, true), (3, false), (4, true), (5, true), (0, true)], arrived);
        Assert.Empty(link.Down.Faults);
    }

    [Fact]
    public void The_text_of_faults_reads_back_as_the_same_link()
    {
        const string Text = "delay=10ms,drop=SYN#1,copy=DATA#2,damage=DATA#3,hold=ACK#4/60ms";
        Assert.True(LinkDescription.TryParse(Text, out LinkDescription link, out string? error), error);
        Assert.Equal(Text, link.Up.ToText());
        Assert.Equal(Text, link.Down.ToText());
    }

    [Theory]
    [InlineData("copy=DATA")]
    [InlineData("damage=#1")]
    [InlineData("hold=DATA#1")]
    [InlineData("hold=DATA#1/0ms")]
    [InlineData("hold=DATA#0/5ms")]
    public void A_fault_without_a_name_a_number_or_a_time_is_a_mistake(string text)
    {
        Assert.False(LinkDescription.TryParse(text, out _, out string? error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }
}
