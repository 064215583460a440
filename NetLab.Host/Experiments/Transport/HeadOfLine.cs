using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>One lost segment delays every message behind it, also those that have nothing to do with it.</summary>
internal sealed class HeadOfLine : Experiment
{
    private const int Messages = 200;
    private const int MessageBytes = 1_000;
    private const int Lost = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(6);

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "25ms", "10ms", "100ms");

    public override string Name => "head-of-line";

    public override string Title => "Head-of-line blocking";

    public override string Summary => "Two streams of messages share one connection, a message every 6 ms in turns; one segment is lost. Then the same over UDP.";

    public override string Question =>
        "Messages A1 B1 A2 B2 … go over one connection; the segment with A50 is lost. Which messages are late, and by how much: those of A, those of B? And over UDP?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the link is slower than said") { Link = d => d with { Delay = d.Delay * 1.2 } },
        new("nothing is lost") { Link = d => d with { Drops = [] } },
    ];

    public override void Run(Bench bench)
    {
        TimeSpan delay = bench.Get(Delay);
        double there = delay.TotalMilliseconds;
        double roundTrip = 2 * there;
        double[] stream = OverTcp(bench, delay);
        (double[] datagrams, long missing) = OverUdp(bench, delay);
        double[] late = [.. stream.Where(d => d > there * 1.05)];
        double[] lateOfB = [.. stream.Where((d, i) => i % 2 == 1 && d > there * 1.05)];

        bench.LawBetween("delay of the lost message over TCP", stream.Length > Lost - 1 ? stream[Lost - 1] / roundTrip : double.NaN, 1.5, 2.2, "RTT", "half a round trip, and one until it is sent again (RFC 8985, 6.2)");
        bench.LawBetween("messages of the other stream that wait", lateOfB.Length, 0.8 * roundTrip / (2 * Interval.TotalMilliseconds), 1.5 * roundTrip / (2 * Interval.TotalMilliseconds), "", "all that are sent while the hole is repaired: 1 RTT of them (RFC 9293, 3.4: one order for all bytes)");
        bench.LawBetween("messages that wait, both streams", late.Length, 0.8 * roundTrip / Interval.TotalMilliseconds, 1.5 * roundTrip / Interval.TotalMilliseconds, "", "one order for all bytes");
        bench.Law("messages missing over UDP", missing, 1, 0, "", "what is lost stays lost (RFC 768)");
        bench.Law("longest delay over UDP", datagrams.DefaultIfEmpty(double.NaN).Max(), there, 0.01, "ms", "datagrams do not wait for one another (RFC 768)");
        bench.Picture("delays", "How long messages take: one segment lost", () => new Chart("share of messages that took no longer", new Axis("delay", "ms") { Min = 0 }, new Axis("share of messages", "") { Min = 0, Max = 1 },
            [FlowCharts.Distribution("TCP, both streams", stream), FlowCharts.Distribution("UDP", datagrams)]));
        bench.Picture("messages", "Each message's delay", () => new Chart("messages in the order sent", new Axis("message, in the order sent", ""), new Axis("delay", "ms") { Min = 0 },
            [new LineLayer([.. stream.Select((d, i) => new Point(i + 1, d))]) { Name = "TCP" }, new LineLayer([.. datagrams.Select((d, i) => new Point(i + 1 < Lost ? i + 1 : i + 2, d))]) { Name = "UDP" }]));
    }

    private static double[] OverTcp(Bench bench, TimeSpan delay)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms,up.drop=DATA#{Lost}");
        LabFlow flow = network.Tcp(client, server, new ConnectionOptions { MaxSegmentSize = MessageBytes + 12, Pacing = false, QuickAcknowledgments = 1_000, Congestion = CongestionAlgorithm.Bbr });
        network.RunUntil(() => flow.Client.IsEstablished && flow.Server is not null, TimeSpan.FromSeconds(1));
        var sent = new List<TimeSpan>();
        var arrived = new List<double>();
        for (int i = 0; i < Messages; i++)
        {
            network.At(network.Now + (Interval * i), () =>
            {
                sent.Add(network.Now);
                flow.Send(MessageBytes);
            });
        }

        network.RunUntil(
            () =>
            {
                // Whatever has come whole by now has come now.
                while (arrived.Count < flow.Delivered / MessageBytes)
                {
                    arrived.Add((network.Now - sent[arrived.Count]).TotalMilliseconds);
                }

                return arrived.Count == Messages;
            },
            TimeSpan.FromSeconds(30));
        return [.. arrived];
    }

    private static (double[] Delays, long Missing) OverUdp(Bench bench, TimeSpan delay)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms,up.drop=ANY#{Lost}");
        LabDatagrams datagrams = network.Datagrams(client, server, Interval, MessageBytes, Interval * Messages);
        network.RunUntil(TimeSpan.FromSeconds(5));
        return ([.. datagrams.Arrivals.Select(a => (a.At - a.SentAt).TotalMilliseconds)], datagrams.Missing);
    }

    public override string Explanation =>
        "TCP has one order for all bytes of a connection: what comes behind the hole is there, and is not given to the application until the hole is filled, a round trip later. Stream B pays for A's loss. Over UDP one message is missing and all others are on time. "
        + "HTTP/2 has this problem on one TCP connection; QUIC's streams have an order each.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.4", "RFC 768", "RFC 9000, 2"];
}
