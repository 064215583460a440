using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Links.Queues;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>What long flows do to queues, and queues to long flows, in virtual time.</summary>
public sealed class QueueLawTests
{
    /// <summary>
    /// ns-3's tcp-validation: CUBIC on 50 Mbit/s and 50 ms behind CoDel, in its bands. Its peak is 511 segments and ours near 680: its
    /// HyStart also ends slow start where the acknowledgments of one round last longer than a round trip, RFC 9406 (4.2) only where
    /// eight of a round have measured a longer one, which is a round later. So it takes four reductions to 0.7, one a recovery, where
    /// ns-3 takes three; each begins as the one before ends, as what was sent after that had begun is lost as well (RFC 5681, 4.3).
    /// </summary>
    [Fact]
    public void Cubic_stays_in_the_bands_that_ns3_validated()
    {
        (bool isInBands, string figures) = CubicOn(new CoDelSettings());
        Assert.True(isInBands, figures);
    }

    [Theory]
    [InlineData("codel")]
    [InlineData("fq_codel")]
    public void Under_CoDel_a_long_flow_keeps_nine_tenths_of_the_rate_at_ten_milliseconds_of_delay(string aqm)
    {
        (double wait, double share) = StandingDelay(aqm);
        Assert.True(wait <= 10 && share >= 0.9, $"median wait {wait:F1} ms at {share:P1}");
    }

    [Fact]
    public void A_sparse_flow_beside_a_long_one_keeps_two_milliseconds_above_its_base_under_FQ_CoDel()
    {
        List<double> probes = ProbesBesideALongFlow(new FqCoDelSettings());
        Assert.True(probes.Count > 3_000);
        Assert.InRange(probes.Max(), 10, 12);
    }

    /// <summary>The same figures of the same flows where nothing but the discipline is missing: each bound is one that a plain queue breaks.</summary>
    [Fact]
    public void A_queue_without_a_discipline_breaks_each_of_these_bounds()
    {
        Assert.False(CubicOn(new DropTailSettings()).IsInBands);
        Assert.True(StandingDelay("droptail").Wait > 50);
        List<double> probes = ProbesBesideALongFlow(new DropTailSettings());
        Assert.True(probes.Count > 1_000 && probes.Max() > 50);
    }

    /// <summary>10 Mbit/s, 4 ms there and back, a queue of so many frames: the worst round trip is the queue's and the way's.</summary>
    [Theory]
    [InlineData(100, 124.0)]
    [InlineData(20, 28.0)]
    [InlineData(5, 10.0)]
    public void A_long_flow_fills_a_drop_tail_queue_to_its_last_frame(int frames, double milliseconds)
    {
        (SimulatedNetwork network, SimulatedStream _, EmulatedLink<VirtualNetwork.Route> there) = LongFlow(
            new LinkDirection { Rate = 10_000_000, Delay = TimeSpan.FromMilliseconds(2), Queue = frames * 1_500 }, TimeSpan.FromMilliseconds(2), 1_452);
        var trips = new List<double>();
        there.Log = outcome => trips.Add(outcome.IsDropped ? 0 : (outcome.DeliverAt - outcome.EnteredAt).TotalMilliseconds + 2);
        network.Advance(TimeSpan.FromSeconds(60));
        Assert.InRange(trips.Max(), milliseconds * 0.98, milliseconds * 1.02);
    }

    private static (bool IsInBands, string Figures) CubicOn(QueueSettings discipline)
    {
        (SimulatedNetwork network, SimulatedStream sender, _) = LongFlow(
            new LinkDirection { Rate = 50_000_000, Delay = TimeSpan.FromMilliseconds(25), Discipline = discipline }, TimeSpan.FromMilliseconds(25), 1_460);
        var windows = new List<(double At, double Segments)>();
        while (network.Now.SinceOrigin < TimeSpan.FromSeconds(14))
        {
            network.Advance(TimeSpan.FromMilliseconds(1));
            windows.Add((network.Now.SinceOrigin.TotalSeconds, sender.Connection!.CongestionWindow / 1_448.0));
        }

        double least = windows.Where(w => w.At is >= 0.43 and <= 0.465).Min(w => w.Segments);
        double trough = windows.Where(w => w.At is >= 0.8 and <= 1).Min(w => w.Segments);

        // A rise is counted where the window passes 225 from below after the trough.
        int rises = windows.Where(w => w.At > 1).Zip(windows.Where(w => w.At > 1).Skip(1)).Count(pair => pair is { First.Segments: < 225, Second.Segments: >= 225 });
        return (least >= 500 && trough <= 190 && rises >= 2,
            $"least {least:F0}, trough {trough:F0}, rises {rises}; {string.Join(" ", windows.Where((_, i) => i % 50 == 0).Select(w => $"{w.At:F2}:{w.Segments:F0}"))}");
    }

    // The median wait of a long flow in milliseconds, and what share of the rate it has.
    private static (double Wait, double Share) StandingDelay(string aqm)
    {
        Assert.True(LinkDescription.TryParse($"rate=10M,delay=10ms,aqm={aqm}", out LinkDescription link, out string? error), error);
        (SimulatedNetwork network, SimulatedStream _, EmulatedLink<VirtualNetwork.Route> there) = LongFlow(link.Up, TimeSpan.FromMilliseconds(10), 1_460);
        network.Advance(TimeSpan.FromSeconds(5));
        var waits = new List<double>();
        there.Log = outcome => waits.Add(outcome.Waited.TotalMilliseconds);
        long before = there.Statistics.DeliveredBytes + (28 * there.Statistics.Delivered);
        network.Advance(TimeSpan.FromSeconds(30));
        double share = (there.Statistics.DeliveredBytes + (28 * there.Statistics.Delivered) - before) * 8 / 30.0 / 10_000_000;
        waits.Sort();
        return (waits[waits.Count / 2], share);
    }

    private static List<double> ProbesBesideALongFlow(QueueSettings discipline)
    {
        (SimulatedNetwork network, SimulatedStream _, EmulatedLink<VirtualNetwork.Route> there) = LongFlow(
            new LinkDirection { Rate = 10_000_000, Delay = TimeSpan.FromMilliseconds(10), Discipline = discipline }, TimeSpan.FromMilliseconds(10), 1_460);
        List<double> probes = Probe(network, there);
        network.Advance(TimeSpan.FromSeconds(20));
        return probes;
    }

    // Probes of 32 bytes each 5 ms: one-way times in milliseconds.
    private static List<double> Probe(SimulatedNetwork network, EmulatedLink<VirtualNetwork.Route> there)
    {
        VirtualHost source = network.Network.AddHost(DatagramAddress.FromIPv4(0x0A02_0001, 7));
        VirtualHost sink = network.Network.AddHost(DatagramAddress.FromIPv4(0x0A02_0002, 7));
        network.Network.AddRoute(source, sink, there);
        var times = new List<double>();
        sink.OnReceive = (datagram, _, _) => times.Add((network.Now - new Instant(BitConverter.ToInt64(datagram))).TotalMilliseconds);
        source.OnTimer = () =>
        {
            byte[] probe = new byte[32];
            BitConverter.TryWriteBytes(probe, network.Now.Ticks);
            source.Send(probe, sink.Address);
            source.Timer = network.Now + TimeSpan.FromMilliseconds(5.03);
        };
        source.Timer = network.Now + TimeSpan.FromSeconds(1);
        return times;
    }

    private static (SimulatedNetwork Network, SimulatedStream Sender, EmulatedLink<VirtualNetwork.Route> There) LongFlow(
        LinkDirection direction, TimeSpan back, int segmentSize)
    {
        var network = new SimulatedNetwork(1);
        SimulatedEndpoint client = network.AddMachine();
        SimulatedEndpoint server = network.AddMachine();
        EmulatedLink<VirtualNetwork.Route> there = network.AddLink(direction);
        network.Connect(client, server, there, network.AddLink(new LinkDirection { Delay = back }));
        var options = new ConnectionOptions { MaxSegmentSize = segmentSize, ReceiveBufferSize = 64 << 20, SendBufferSize = 64 << 20, Congestion = CongestionAlgorithm.Cubic };
        server.Listen(options, stream => stream.KeepsReceived = false);
        SimulatedStream sender = client.Connect(server.Host.Address, options);
        sender.Write(new byte[200_000_000]);
        return (network, sender, there);
    }
}
