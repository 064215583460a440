using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>Losses in two successive windows are two indications of congestion, and losses in one are one (RFC 5681, 4.3).</summary>
public sealed class SuccessiveLossTests
{
    /// <summary>
    /// The last segment before a recovery is lost as well, so that the recovery takes two round trips; what is lost of the second
    /// window is found meanwhile, and not yet repaired when the recovery ends (RFC 6675, 5 (A)).
    /// </summary>
    [Theory]
    [InlineData(CongestionAlgorithm.Cubic)]
    [InlineData(CongestionAlgorithm.NewReno)]
    public void A_loss_after_a_recovery_began_begins_the_next_one(CongestionAlgorithm algorithm)
    {
        long atFirst = SentUntilRecovery(algorithm);
        (ConnectionStatistics one, long? oneThreshold) = Transfer(algorithm, $"drop=DATA#200,drop=DATA#{atFirst - 1}");
        (ConnectionStatistics two, long? twoThreshold) = Transfer(algorithm, $"drop=DATA#200,drop=DATA#{atFirst - 1},drop=DATA#{atFirst + 60}");
        Assert.Equal((1, 2), (one.FastRecoveries, two.FastRecoveries));
        Assert.Equal((0, 0), (one.Timeouts, two.Timeouts));
        Assert.True(twoThreshold < oneThreshold * 0.8, $"{twoThreshold} after two, {oneThreshold} after one");
    }

    private static long SentUntilRecovery(CongestionAlgorithm algorithm)
    {
        SimulatedPair pair = Begin(algorithm, "drop=DATA#200");
        Assert.True(pair.Run(() => pair.Client.Connection!.Statistics.FastRecoveries > 0, TimeSpan.FromSeconds(10)));

        // The SYN and the ACK of the SYN_ACK are no data.
        return pair.Client.Connection!.Statistics.SegmentsSent - 2;
    }

    private static (ConnectionStatistics Statistics, long? Threshold) Transfer(CongestionAlgorithm algorithm, string drops)
    {
        SimulatedPair pair = Begin(algorithm, drops);
        Assert.True(pair.Run(() => pair.Client.Acknowledged == pair.Client.Written, TimeSpan.FromSeconds(20)));
        return (pair.Client.Connection!.Statistics, pair.Client.Connection.Metrics.SlowStartThreshold);
    }

    private static SimulatedPair Begin(CongestionAlgorithm algorithm, string drops)
    {
        Assert.True(LinkDescription.TryParse($"delay=50ms,rate=100M,queue=4M,{drops}", out LinkDescription link, out string? error), error);
        var options = new ConnectionOptions { Congestion = algorithm, ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20 };
        var pair = new SimulatedPair(link, 1, options, options);
        pair.Client.Write(new byte[3_000_000]);
        return pair;
    }
}
