using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Tests.Transport;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>Paths that carry less than both ends take, and say nothing of it.</summary>
public sealed class PathMtuTests
{
    // IPv4, UDP and TCP headers before what the MSS counts.
    private const int Headers = 20 + 8 + 20;

    // A window of 100 KB a round trip: the search takes some twenty round trips, and there is to be data for all of them.
    private static readonly ConnectionOptions Searching = new() { MaxSegmentSize = 8_960, MtuSearch = true, ReceiveBufferSize = 100_000 };

    [Theory]
    [InlineData(9_008, CongestionAlgorithm.Cubic)]
    [InlineData(4_000, CongestionAlgorithm.Cubic)]
    [InlineData(4_000, CongestionAlgorithm.NewReno)]
    [InlineData(1_500, CongestionAlgorithm.Bbr)]
    [InlineData(1_228, CongestionAlgorithm.Cubic)]
    [Conformance(132, 161)]
    public void The_largest_segment_is_found_and_lost_probes_are_no_congestion(int mtu, CongestionAlgorithm congestion)
    {
        (SimulatedPair pair, ConnectionEventLog log) = Open($"delay=10ms,mtu={mtu}", congestion);
        pair.Client.Write(new byte[5_000_000]);
        Assert.True(pair.Run(() => pair.Client.Acknowledged == 5_000_000, TimeSpan.FromSeconds(20)));
        Assert.InRange(pair.Client.Connection!.Metrics.SegmentSize, Math.Min(8_960, mtu - Headers - 20), mtu - Headers);
        ConnectionStatistics statistics = pair.Client.Connection.Statistics;
        Assert.True(statistics.MtuProbes > 0);
        Assert.Equal(mtu < 9_008, pair.Up.Statistics.TooLarge > 0);
        Assert.Equal(statistics.MtuProbes, log.Of(ConnectionEventKind.SegmentSent).Count(e => e.Purpose == SegmentPurpose.MtuProbe));

        // Every datagram that was lost was a probe; the window has never shrunk for one.
        Assert.Equal(pair.Up.Statistics.Dropped, pair.Up.Statistics.TooLarge);
        Assert.Equal((0, 0, 0), (statistics.FastRecoveries, statistics.Timeouts, statistics.BlackHoles));
        Assert.DoesNotContain(log.Of(ConnectionEventKind.MetricsChanged), e => e.Metrics.InRecovery);
    }

    [Fact]
    [Conformance(162)]
    public void A_path_that_carries_less_from_now_on_is_noticed_and_what_is_out_goes_again_in_pieces()
    {
        (SimulatedPair pair, ConnectionEventLog log) = Open("delay=10ms", CongestionAlgorithm.Cubic);
        byte[] bytes = new byte[6_000_000];
        new Random(1).NextBytes(bytes);
        pair.Client.Write(bytes);
        Assert.True(pair.Run(() => pair.Client.Acknowledged > 500_000, TimeSpan.FromSeconds(20)));
        Assert.Equal(8_960, pair.Client.Connection!.Metrics.SegmentSize);
        Instant changed = pair.Network.Now;
        pair.Up.Model.Change(pair.Network.Now, pair.Up.Model.Direction with { Mtu = 1_500 });
        Assert.True(pair.Run(() => pair.Client.Acknowledged == bytes.Length, TimeSpan.FromSeconds(60)));
        Assert.Equal(bytes, pair.Server!.Received);
        Assert.Equal(1, pair.Client.Connection.Statistics.BlackHoles);
        Assert.InRange(pair.Client.Connection.Metrics.SegmentSize, 1_500 - Headers - 20, 1_500 - Headers);

        // Three timeouts, each twice as long as the one before, tell it.
        Instant noticed = log.Of(ConnectionEventKind.MetricsChanged).First(e => e.At > changed && e.Metrics.SegmentSize < 8_960).At;
        Assert.InRange((noticed - changed).TotalSeconds, 0.1, 3);
    }

    [Fact]
    [Conformance(162)]
    public void A_bad_link_is_no_black_hole()
    {
        (SimulatedPair pair, _) = Open("delay=10ms,loss=5%,mtu=4000", CongestionAlgorithm.Cubic);
        pair.Client.Write(new byte[2_000_000]);
        Assert.True(pair.Run(() => pair.Client.Acknowledged == 2_000_000, TimeSpan.FromSeconds(120)));
        Assert.Equal(0, pair.Client.Connection!.Statistics.BlackHoles);
        Assert.InRange(pair.Client.Connection.Metrics.SegmentSize, 2_000, 4_000 - Headers);
    }

    [Fact]
    [Conformance(161)]
    public async Task On_a_real_socket_the_search_finds_what_loopback_carries()
    {
        await using var pair = await ConnectedPair.Open(Searching);
        Task<byte[]> reading = StreamBehaviourTests.ReadToEnd(pair.Server);
        await StreamBehaviourTests.WriteAndFinish(pair.Client, new byte[2_000_000]).WaitAsync(Patience);
        Assert.Equal(2_000_000, (await reading.WaitAsync(Patience)).Length);
        Assert.Equal(8_960, pair.Client.Entry!.Connection.Metrics.SegmentSize);
    }

    private static (SimulatedPair Pair, ConnectionEventLog Log) Open(string text, CongestionAlgorithm congestion)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        var log = new ConnectionEventLog(1_000_000);
        var pair = new SimulatedPair(link, 1, Searching with { Congestion = congestion, Observe = _ => log }, Searching);
        Assert.True(pair.Run(() => pair.Server is { IsEstablished: true }, TimeSpan.FromSeconds(30)));
        return (pair, log);
    }
}
