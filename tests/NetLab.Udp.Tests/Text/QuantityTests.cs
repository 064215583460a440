using NetLab.Udp.Text;

namespace NetLab.Udp.Tests.Text;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("20ms", 200_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("300us", 3_000)]
    [InlineData("2m", 1_200_000_000)]
    [InlineData("0", 0)]
    public void Durations(string text, long ticks)
    {
        Assert.True(Quantity.TryParseDuration(text, out TimeSpan duration));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("-1s")]
    [InlineData("ms")]
    [InlineData("1e9s")]
    [InlineData("NaNs")]
    [InlineData("99999999999999999999h")]
    public void Not_durations(string text) => Assert.False(Quantity.TryParseDuration(text, out _));

    [Theory]
    [InlineData("64K", 65_536, 64_000)]
    [InlineData("4m", 4_194_304, 4_000_000)]
    [InlineData("1G", 1_073_741_824, 1_000_000_000)]
    [InlineData("1400", 1400, 1400)]
    [InlineData("1.5K", 1536, 1500)]
    public void Sizes_go_by_1024_and_rates_by_1000(string text, long bytes, long bits)
    {
        Assert.True(Quantity.TryParseSize(text, out long size));
        Assert.True(Quantity.TryParseRate(text, out long rate));
        Assert.Equal((bytes, bits), (size, rate));
    }

    [Theory]
    [InlineData("1%", 0.01)]
    [InlineData("0.01", 0.01)]
    [InlineData("100%", 1)]
    [InlineData("0", 0)]
    public void Shares(string text, double expected)
    {
        Assert.True(Quantity.TryParseShare(text, out double share));
        Assert.Equal(expected, share, 12);
    }

    [Theory]
    [InlineData("101%")]
    [InlineData("1.01")]
    [InlineData("-1%")]
    [InlineData("%")]
    public void Not_shares(string text) => Assert.False(Quantity.TryParseShare(text, out _));
}
