using CsCheck;
using NetLab.Udp.Time;

namespace NetLab.Udp.Tests.Time;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Every_percentile_is_within_one_percent_of_the_sorted_list() =>
        Gen.Select(Gen.Long[0, 1L << 40].Array[1, 300], Gen.Double[0, 1], (values, share) => (values, share)).Sample(t =>
        {
            var histogram = new LatencyHistogram();
            Array.ForEach(t.values, v => histogram.Record(new TimeSpan(v)));
            long[] sorted = [.. t.values.Order()];
            long exact = sorted[Math.Max(0, (int)Math.Ceiling(t.share * sorted.Length) - 1)];
            Assert.InRange(histogram.Percentile(t.share).Ticks, exact, exact + (exact / 100));
            Assert.Equal((sorted[0], sorted[^1], sorted.Length), (histogram.Min.Ticks, histogram.Max.Ticks, histogram.Count));
            Assert.Equal(t.values.Average(), histogram.Mean.Ticks, 1.0);
        });

    [Fact]
    public void Two_histograms_added_are_one_of_all_values() =>
        Gen.Select(Gen.Long[0, 1L << 30].Array[0, 50], Gen.Long[0, 1L << 30].Array[0, 50], (a, b) => (a, b)).Sample(t =>
        {
            (LatencyHistogram sum, LatencyHistogram other, LatencyHistogram all) = (new(), new(), new());
            Array.ForEach(t.a, v => sum.Record(new TimeSpan(v)));
            Array.ForEach(t.b, v => other.Record(new TimeSpan(v)));
            Array.ForEach([.. t.a, .. t.b], v => all.Record(new TimeSpan(v)));
            sum.Add(other);
            Assert.Equal((all.Count, all.Min, all.Max), (sum.Count, sum.Min, sum.Max));
            Assert.All([0.0, 0.5, 0.99, 1.0], share => Assert.Equal(all.Percentile(share), sum.Percentile(share)));
        });

    [Fact]
    public void The_ends_of_the_scale_are_counted_like_any_other_value()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.MaxValue);
        histogram.Record(TimeSpan.MinValue);
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.Equal(TimeSpan.MaxValue, histogram.Percentile(1));
        Assert.Equal(TimeSpan.Zero, new LatencyHistogram().Percentile(0.5));
    }
}
