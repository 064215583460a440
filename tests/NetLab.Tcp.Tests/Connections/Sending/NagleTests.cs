using NetLab.Tcp.Connections.Sending;

namespace NetLab.Tcp.Tests.Connections.Sending;

public sealed class NagleTests
{
    [Theory]
    [InlineData(true, 10, true, false, 1_000, true)] // nothing is outstanding
    [InlineData(true, 10, true, true, 1_000, false)] // Nagle waits
    [InlineData(false, 10, true, true, 1_000, true)] // TCP_NODELAY
    [InlineData(false, 499, false, false, 1_000, false)] // more is written, and the window has too little room
    [InlineData(false, 500, false, false, 1_000, true)] // half of the largest window
    [InlineData(true, 500, false, true, 1_000, true)]
    [InlineData(false, 0, false, false, 0, false)] // no window was ever offered
    public void A_small_segment_goes_where_neither_end_is_made_silly(bool isOn, int length, bool isLast, bool hasOutstanding, long maxWindow, bool goes) =>
        Assert.Equal(goes, new Nagle(isOn).Allows(length, isLast, hasOutstanding, maxWindow));
}
