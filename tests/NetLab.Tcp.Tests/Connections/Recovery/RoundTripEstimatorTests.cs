using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Options;

namespace NetLab.Tcp.Tests.Connections.Recovery;

public sealed class RoundTripEstimatorTests
{
    private static readonly ConnectionOptions Unclamped = new() { MinRetransmissionTimeout = TimeSpan.FromMilliseconds(1) };

    // RFC 6298, 2.2 and 2.3 by hand: sample, then SRTT, RTTVAR and RTO in milliseconds.
    public static TheoryData<double[], double, double, double> Samples => new()
    {
        { [100], 100, 50, 300 },
        { [100, 100], 100, 37.5, 250 },
        { [100, 200], 112.5, 62.5, 362.5 },
        { [100, 50], 93.75, 50, 293.75 },
        { [1000, 1000, 1000], 1000, 281.25, 2125 },
    };

    [Theory]
    [Conformance(92)]
    [MemberData(nameof(Samples))]
    public void Smoothing_follows_the_rfc(double[] samples, double smoothed, double variation, double timeout)
    {
        var estimator = new RoundTripEstimator(Unclamped);
        foreach (double sample in samples)
        {
            estimator.Sample(TimeSpan.FromMilliseconds(sample));
        }

        Assert.Equal(smoothed, estimator.Smoothed!.Value.TotalMilliseconds, 3);
        Assert.Equal(variation, estimator.Variation.TotalMilliseconds, 3);
        Assert.Equal(timeout, estimator.Timeout.TotalMilliseconds, 3);
    }

    [Fact]
    [Conformance(92)]
    public void The_timeout_is_clamped_and_never_below_a_tick_of_the_clock()
    {
        var estimator = new RoundTripEstimator(new ConnectionOptions());
        Assert.Equal(TimeSpan.FromSeconds(1), estimator.Timeout);
        estimator.Sample(TimeSpan.FromMicroseconds(50));
        Assert.Equal(TimeSpan.FromMilliseconds(200), estimator.Timeout);
        estimator.Sample(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(60), estimator.Timeout);

        var exact = new RoundTripEstimator(Unclamped);
        for (int i = 0; i < 60; i++)
        {
            exact.Sample(TimeSpan.FromMilliseconds(10));
        }

        // RTTVAR has decayed to nothing: what is left of K·RTTVAR is the granularity, a delayed acknowledgment of 40 ms and a
        // tick of the clock.
        Assert.Equal(10 + 40 + 1, exact.Timeout.TotalMilliseconds, 2);
    }

    [Fact]
    [Conformance(95)]
    public void Back_off_doubles_to_the_maximum_and_a_measurement_resets_it()
    {
        var estimator = new RoundTripEstimator(new ConnectionOptions());
        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60];
        foreach (double seconds in expected)
        {
            Assert.Equal(seconds, estimator.Timeout.TotalSeconds);
            estimator.BackOff();
        }

        estimator.Sample(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1.5, estimator.Timeout.TotalSeconds);
    }
}
