using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Tests.Diagnostics;
using NetLab.Udp.Links;
using NetLab.Udp.Time;
using Xunit.Abstractions;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>
/// What congestion control makes of a path: 100 Mbit/s, a round trip of 20 ms and a queue of one bandwidth-delay product,
/// unless a test says otherwise. Virtual time: the figures are the same on every machine.
/// </summary>
public sealed class CongestionTests(ITestOutputHelper output)
{
    private const double LinkRate = 100e6;

    // A fifth of it, and of the queue, where several share and a minute has to pass.
    private const double SharedRate = 20e6;
    private const int Payload = 1388;
    private const double CubicScale = 0.4;
    private const double CubicDecrease = 0.7;

    [Theory]
    [InlineData(CongestionAlgorithm.Cubic, 0.95)]
    [InlineData(CongestionAlgorithm.NewReno, 0.95)]
    [InlineData(CongestionAlgorithm.Bbr, 0.95)]
    [Conformance(131)]
    public void A_lossless_link_is_used_whole(CongestionAlgorithm algorithm, double least)
    {
        (double _, SimulatedPair pair) = Measure(algorithm, "delay=10ms,rate=100M,queue=250000", TimeSpan.FromSeconds(20));
        double used = 8.0 * (pair.Up.Statistics.DeliveredBytes + (28 * pair.Up.Statistics.Delivered)) / 20 / LinkRate;
        Assert.InRange(used, least, 1);
    }

    [Theory]
    [InlineData("1%", 0.90)]
    [InlineData("5%", 0.80)]
    [Conformance(131)]
    public void Bbr_bears_random_loss(string loss, double least)
    {
        (double rate, SimulatedPair pair) = Measure(CongestionAlgorithm.Bbr, $"delay=10ms,rate=100M,queue=250000,loss={loss}", TimeSpan.FromSeconds(20));
        Assert.InRange(rate / LinkRate, least, 1);

        // Not bought by sending everything twice.
        Assert.InRange((double)pair.Client.Connection!.Statistics.BytesSent / pair.Server!.ReceivedBytes, 1, 1.10);
    }

    [Theory]
    [InlineData(0.005)]
    [InlineData(0.01)]
    [InlineData(0.03)]
    [Conformance(122)]
    public void Reno_under_random_loss_follows_its_formula(double loss)
    {
        (double rate, _) = Measure(CongestionAlgorithm.NewReno, Random(10, loss), TimeSpan.FromSeconds(150));

        // Mathis et al. 1997: W = sqrt(3/2p) segments a round trip; the round trip has no queue in it.
        AssertNear(rate, 8 * Payload * Math.Sqrt(1.5 / loss) / 0.020);
    }

    [Theory]
    [InlineData(0.0003)]
    [InlineData(0.001)]
    [Conformance(125)]
    public void Cubic_under_random_loss_follows_its_formula(double loss)
    {
        (double rate, _) = Measure(CongestionAlgorithm.Cubic, Random(50, loss), TimeSpan.FromSeconds(800), warmUp: TimeSpan.FromSeconds(100));

        // RFC 9438, 5.1, (figure 5): the round trip is 100 ms.
        double window = Math.Pow(CubicScale * (3 + CubicDecrease) / (4 * (1 - CubicDecrease)), 0.25) * Math.Pow(0.1, 0.75) / Math.Pow(loss, 0.75);

        // And 4.3: never less than Reno would have.
        AssertNear(rate, 8 * Payload * Math.Max(window, Math.Sqrt(1.5 / loss)) / 0.1);
    }

    /// <summary>
    /// RFC 9002, 7.6 calls it persistent congestion and takes it from TCP: two losses with nothing acknowledged between them, so
    /// long apart that the timer expires. The last of forty segments is lost, and its probe too.
    /// </summary>
    [Theory]
    [InlineData("", false)]
    [InlineData(",up.drop=DATA#40", false)]
    [InlineData(",up.drop=DATA#20,up.drop=DATA#21", false)]
    [InlineData(",up.drop=DATA#40,up.drop=DATA#41", true)]
    [Conformance(128)]
    public void Only_losses_that_nothing_gets_through_between_collapse_the_window(string drops, bool collapses)
    {
        (ConnectionEventLog log, _, SimulatedPair pair) = ConnectionEventLogTests.Exchange($"delay=25ms{drops}", 1, 40 * Payload);
        long least = log.Of(ConnectionEventKind.MetricsChanged).Skip(1).Min(e => e.Metrics.CongestionWindow);
        Assert.Equal(collapses, pair.Client.Connection!.Statistics.Timeouts > 0);
        Assert.Equal(collapses, least == Payload);
        Assert.True(collapses || least >= 10 * Payload * CubicDecrease);
    }

    [Fact]
    [Conformance(130)]
    public void Equal_flows_get_equal_shares()
    {
        foreach (CongestionAlgorithm algorithm in Enum.GetValues<CongestionAlgorithm>())
        {
            double[] shares = Share([algorithm, algorithm], TimeSpan.FromSeconds(60));
            double index = Math.Pow(shares.Sum(), 2) / (shares.Length * shares.Sum(s => s * s));
            output.WriteLine($"{algorithm}: {string.Join(", ", shares.Select(s => $"{s / 1e6:F1}"))} Mbit/s, Jain {index:F3}");
            Assert.InRange(index, 0.95, 1);
        }
    }

    [Fact]
    [Conformance(130)]
    public void Cubic_and_bbr_leave_each_other_something()
    {
        double[] shares = Share([CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr], TimeSpan.FromSeconds(60));
        output.WriteLine($"cubic {shares[0] / 1e6:F1}, bbr {shares[1] / 1e6:F1} Mbit/s");
        Assert.All(shares, share => Assert.InRange(share / SharedRate, 0.1, 0.9));
    }

    [Fact]
    [Conformance(173)]
    public void A_link_that_goes_dark_and_comes_back_slower_is_used_again()
    {
        foreach (CongestionAlgorithm algorithm in Enum.GetValues<CongestionAlgorithm>())
        {
            var network = new SimulatedNetwork(3);
            SimulatedEndpoint client = network.AddMachine();
            SimulatedEndpoint server = network.AddMachine();
            var fast = new LinkDirection { Delay = TimeSpan.FromMilliseconds(10), Rate = 100_000_000, Queue = 250_000 };
            var there = network.AddLink(fast);
            network.Connect(client, server, there, network.AddLink(new LinkDirection { Delay = TimeSpan.FromMilliseconds(10) }));
            SimulatedStream? received = null;
            var options = new ConnectionOptions { Congestion = algorithm, ReceiveBufferSize = 4 << 20 };
            server.Listen(options, stream => received = stream);
            SimulatedStream sender = client.Connect(server.Host.Address, options);
            sender.Write(new byte[60_000_000]);
            network.Network.Schedule(Instant.FromOrigin(TimeSpan.FromSeconds(2)), () => there.Model.Change(network.Now, fast with { Loss = 1 }));
            network.Network.Schedule(Instant.FromOrigin(TimeSpan.FromSeconds(5)), () => there.Model.Change(network.Now, fast with { Rate = 20_000_000 }));
            network.Advance(TimeSpan.FromSeconds(10));
            long before = received!.ReceivedBytes;
            received.KeepsReceived = false;
            network.Advance(TimeSpan.FromSeconds(5));
            double rate = 8 * (received.ReceivedBytes - before) / 5.0;
            output.WriteLine($"{algorithm}: {rate / 1e6:F1} of 20 Mbit/s");
            Assert.InRange(rate / 20e6, 0.7, 1);
        }
    }

    [Fact]
    [Conformance(130)]
    public void Traffic_that_does_not_care_leaves_the_rest()
    {
        var network = new SimulatedNetwork(5);
        SimulatedEndpoint client = network.AddMachine();
        SimulatedEndpoint server = network.AddMachine();
        var there = network.AddLink(new LinkDirection { Delay = TimeSpan.FromMilliseconds(10), Rate = 100_000_000, Queue = 250_000 });
        network.Connect(client, server, there, network.AddLink(new LinkDirection { Delay = TimeSpan.FromMilliseconds(10) }));
        network.AddCrossTraffic(there, 40_000_000, 1000, Instant.Zero, Instant.FromOrigin(TimeSpan.FromSeconds(20)));
        SimulatedStream? received = null;
        server.Listen(new ConnectionOptions(), stream => received = stream);
        client.Connect(server.Host.Address, new ConnectionOptions()).Write(new byte[150_000_000]);
        network.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(8 * received!.ReceivedBytes / 20e6, 40, 60);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(30)]
    [Conformance(111, 115)]
    public void However_many_segments_of_a_window_are_lost_sack_repairs_them_in_about_a_round_trip(int holes)
    {
        string drops = string.Join(',', Enumerable.Range(0, holes).Select(i => $"DATA#{200 + (2 * i)}"));
        Assert.True(LinkDescription.TryParse($"delay=50ms,rate=100M,queue=4M,drop={drops}", out LinkDescription link, out string? error), error);
        var options = new ConnectionOptions { ReceiveBufferSize = 4 << 20 };
        var pair = new SimulatedPair(link, 1, options, options);
        pair.Client.Write(new byte[1_000_000]);
        pair.Client.Do(c => c.ShutdownSend());
        Assert.True(pair.Run(() => pair.Client.Connection!.Statistics.FastRecoveries > 0, TimeSpan.FromSeconds(10)));
        Instant found = pair.Network.Now;
        Assert.True(pair.Run(() => pair.Server!.ReceivedBytes > (200 + (2 * holes)) * Payload, TimeSpan.FromSeconds(10)));
        Assert.InRange((pair.Network.Now - found).TotalMilliseconds, 0, 160);
        Assert.Equal(holes, pair.Client.Connection!.Statistics.Retransmissions);
        Assert.Equal(0, pair.Client.Connection.Statistics.Timeouts);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    [Conformance(116)]
    public void A_lost_last_segment_is_repaired_by_a_probe_in_about_two_round_trips(int roundTrip)
    {
        Assert.True(LinkDescription.TryParse($"delay={roundTrip / 2}ms,drop=DATA#9", out LinkDescription link, out _));
        var pair = new SimulatedPair(link, 1);
        pair.Client.Write(new byte[8 * Payload]);
        pair.Run(() => pair.Client.Acknowledged == 8 * Payload, TimeSpan.FromSeconds(5));
        pair.Client.Write(new byte[100]);
        Instant written = pair.Network.Now;
        Assert.True(pair.Run(() => pair.Server!.ReceivedBytes == (8 * Payload) + 100, TimeSpan.FromSeconds(10)));

        // The probe after two smoothed round trips and the peer's delayed ACK, or, on a long path, where the RTO of one round trip
        // and a delayed ACK would have come (RFC 8985, 7.2), and half a round trip for its way.
        Assert.InRange((pair.Network.Now - written).TotalMilliseconds, 1.5 * roundTrip, (2.6 * roundTrip) + 45);
        Assert.Equal((1, 0), (pair.Client.Connection!.Statistics.TailLossProbes, pair.Client.Connection.Statistics.Timeouts));
    }

    [Fact]
    [Conformance(114, 173)]
    public void Reordering_within_racks_window_causes_no_retransmission()
    {
        // A round trip of 100 ms has a window of 25 ms once reordering was seen; held back are they by 10 ms.
        Assert.True(LinkDescription.TryParse("up.delay=20ms,down.delay=80ms,rate=20M,up.reorder=2%,queue=4M,seed=3", out LinkDescription link, out _));
        var pair = new SimulatedPair(link, 1, new ConnectionOptions { ReceiveBufferSize = 256 << 10 });
        pair.Client.Write(new byte[3_000_000]);
        pair.Run(() => pair.Client.Acknowledged > 500_000, TimeSpan.FromSeconds(60));
        long before = pair.Client.Connection!.Statistics.Retransmissions;
        Assert.True(pair.Run(() => pair.Client.Acknowledged == 3_000_000, TimeSpan.FromSeconds(60)));
        Assert.Equal(before, pair.Client.Connection.Statistics.Retransmissions);
        Assert.True(pair.Up.Statistics.Reordered > 20);
    }

    [Fact]
    [Conformance(103)]
    public void A_path_that_pauses_causes_a_timeout_which_is_undone()
    {
        var network = new SimulatedNetwork(7);
        SimulatedEndpoint client = network.AddMachine();
        SimulatedEndpoint server = network.AddMachine();
        var usual = new LinkDirection { Delay = TimeSpan.FromMilliseconds(20) };
        var there = network.AddLink(usual);
        network.Connect(client, server, there, network.AddLink(usual));
        SimulatedStream? received = null;
        server.Listen(new ConnectionOptions(), stream => received = stream);
        SimulatedStream sender = client.Connect(server.Host.Address, new ConnectionOptions());
        sender.Write(new byte[2_000_000]);
        network.Run(() => sender.Acknowledged > 400_000, TimeSpan.FromSeconds(10));
        long window = sender.Connection!.CongestionWindow;

        // Half a second more on the way, nothing lost: longer than the RTO of 200 ms.
        there.Model.Change(network.Now, usual with { Delay = TimeSpan.FromMilliseconds(520) });
        network.Advance(TimeSpan.FromMilliseconds(100));
        there.Model.Change(network.Now, usual);
        Assert.True(network.Run(() => sender.Connection!.Statistics.SpuriousRecoveries > 0, TimeSpan.FromSeconds(10)));
        Assert.True(sender.Connection!.Statistics.Timeouts > 0);
        Assert.InRange(sender.Connection.CongestionWindow, window, long.MaxValue);
        Assert.True(network.Run(() => received!.ReceivedBytes == 2_000_000, TimeSpan.FromSeconds(30)));
    }

    private static string Random(int delay, double loss) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"delay={delay}ms,up.loss={loss}");

    private void AssertNear(double rate, double expected)
    {
        output.WriteLine($"{rate / 1e6:F2} Mbit/s, by the formula {expected / 1e6:F2}");
        Assert.InRange(rate / expected, 0.75, 1.25);
    }

    private (double Rate, SimulatedPair Pair) Measure(CongestionAlgorithm algorithm, string text, TimeSpan time, TimeSpan warmUp = default)
    {
        Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
        var options = new ConnectionOptions { Congestion = algorithm, ReceiveBufferSize = 4 << 20 };
        var pair = new SimulatedPair(link, 11, options, options);
        byte[] piece = new byte[8 << 20];
        pair.Run(() => pair.Server is { IsEstablished: true }, TimeSpan.FromSeconds(20));
        pair.Server!.KeepsReceived = false;
        long before = 0;
        Instant from = Instant.FromOrigin(warmUp);
        Assert.False(pair.Run(
            () =>
            {
                if (pair.Client.Written - pair.Client.Acknowledged < piece.Length)
                {
                    pair.Client.Write(piece);
                }

                before = pair.Network.Now <= from ? pair.Server.ReceivedBytes : before;
                return false;
            },
            time));
        double rate = 8 * (pair.Server.ReceivedBytes - before) / (time - warmUp).TotalSeconds;
        output.WriteLine($"{algorithm} over {text}: {rate / 1e6:F2} Mbit/s, {pair.Client.Connection!.Statistics.Retransmissions} sent again");
        return (rate, pair);
    }

    private static double[] Share(CongestionAlgorithm[] algorithms, TimeSpan time)
    {
        var network = new SimulatedNetwork(9);
        var there = network.AddLink(new LinkDirection { Delay = TimeSpan.FromMilliseconds(10), Rate = (long)SharedRate, Queue = 50_000 });
        var back = network.AddLink(new LinkDirection { Delay = TimeSpan.FromMilliseconds(10) });
        var streams = new List<SimulatedStream>();
        foreach (CongestionAlgorithm algorithm in algorithms)
        {
            SimulatedEndpoint client = network.AddMachine();
            SimulatedEndpoint server = network.AddMachine();
            network.Connect(client, server, there, back);
            var options = new ConnectionOptions { Congestion = algorithm, ReceiveBufferSize = 4 << 20 };
            server.Listen(options, stream =>
            {
                stream.KeepsReceived = false;
                streams.Add(stream);
            });
            client.Connect(server.Host.Address, options).Write(new byte[(int)(time.TotalSeconds * SharedRate / 8)]);
            network.Advance(TimeSpan.FromMilliseconds(100));
        }

        // The first third is for finding each other.
        network.Advance(time / 3);
        long[] before = [.. streams.Select(s => s.ReceivedBytes)];
        network.Advance(time * 2 / 3);
        return [.. streams.Zip(before, (s, b) => 8 * (s.ReceivedBytes - b) / (time.TotalSeconds * 2 / 3))];
    }
}
