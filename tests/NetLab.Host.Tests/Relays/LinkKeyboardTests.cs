using NetLab.Host.Relays;
using NetLab.Host.Settings;

namespace NetLab.Host.Tests.Relays;

/// <summary>Keys that change a link.</summary>
public sealed class LinkKeyboardTests
{
    [Theory]
    [InlineData("delay=20ms,loss=1%", "++", "delay=20ms,loss=3%")]
    [InlineData("delay=20ms,loss=1%", "--", "delay=20ms")]
    [InlineData("delay=20ms", ">", "delay=25ms")]
    [InlineData("delay=3ms", "<", "a link that changes nothing")]
    [InlineData("up.delay=20ms", "+>", "up.delay=25ms,down.delay=5ms,loss=1%")]
    [InlineData("delay=20ms", "+++>>0", "delay=20ms")]
    public void A_key_changes_both_directions(string from, string keys, string to)
    {
        var keyboard = new LinkKeyboard(LinkText.Parse(from));
        Assert.All(keys.TrimEnd('-'), key => Assert.True(keyboard.Press(key)));
        Assert.All(keys.Where(k => k == '-'), key => keyboard.Press(key));
        string expected = to.StartsWith("a link", StringComparison.Ordinal) ? to : LinkText.Parse(to).ToString();
        Assert.Equal(expected, keyboard.ToString());
    }

    [Fact]
    public void Other_keys_and_less_than_nothing_change_nothing()
    {
        var keyboard = new LinkKeyboard(LinkText.Parse("rate=10M"));
        Assert.False(keyboard.Press('x'));
        Assert.False(keyboard.Press('-'));
        Assert.False(keyboard.Press('<'));
        Assert.False(keyboard.Press('0'));
        Assert.Equal("rate=10M", keyboard.ToString());
    }
}
