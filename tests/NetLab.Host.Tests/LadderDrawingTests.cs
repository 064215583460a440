using NetLab.Host.Flows;
using NetLab.Host.Rendering;

namespace NetLab.Host.Tests;

/// <summary>One way to draw a ladder as text.</summary>
public sealed class LadderDrawingTests
{
    [Fact]
    public void Arrows_go_both_ways_arrive_or_are_lost_and_are_as_wide_as_each_other()
    {
        var drawing = new LadderDrawing(20);
        Assert.Equal("  ms  client            server  arrived", drawing.Header("  ms", "client", "server", "arrived"));
        Assert.Equal(["   1  ├─ SYN ───────────────→┤  2"], drawing.Draw(new LadderRow("   1", "SYN", true, "2")));
        Assert.Equal(["   1  ├← SYN_ACK ────────────┤  2"], drawing.Draw(new LadderRow("   1", "SYN_ACK", false, "2")));
        Assert.Equal(["   1  ├─ SYN ───────────────✗ lost"], drawing.Draw(new LadderRow("   1", "SYN", true, IsLost: true)));
        Assert.Equal(["   1  ✗ lost  SYN_ACK ───────┤"], drawing.Draw(new LadderRow("   1", "SYN_ACK", false, IsLost: true)));
        Assert.Equal("      ┊      1 s quiet       ┊", drawing.Pause(4, "1 s quiet"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Nothing_of_a_long_label_is_cut_off(bool fromLeft, bool isLost)
    {
        string[] words = [.. Enumerable.Range(100, 30).Select(n => $"word{n}"), new string('x', 70)];
        string[] lines = [.. new LadderDrawing(24).Draw(new LadderRow("", string.Join(' ', words), fromLeft, IsLost: isLost))];
        Assert.All(lines, line => Assert.True(line.Length <= 2 + 24 + LadderDrawing.Ends + (isLost ? 5 : 0), line));
        string text = string.Concat(lines).Replace(" ", "", StringComparison.Ordinal);
        Assert.All(words[..^1], word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.Equal(70, text.Count(c => c == 'x'));
    }

    [Fact]
    public void A_flow_stays_within_the_columns_there_are()
    {
        var flow = new Flow("127.0.0.1:50000", "127.0.0.1:80", [new FlowEvent(1, 0, true, string.Join(' ', Enumerable.Repeat("handshake=client_hello", 6)), "")]);
        string[] lines = [.. FlowLadder.Draw(flow, 80)];
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Equal(6, lines.Sum(l => l.Split("handshake=client_hello").Length - 1));
        Assert.DoesNotContain(lines, l => l.Contains('…', StringComparison.Ordinal));
    }
}
