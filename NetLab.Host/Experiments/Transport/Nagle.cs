using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Two small writes, then a read: two good ideas that wait for each other.</summary>
internal sealed class Nagle : Experiment
{
    private const int Rounds = 20;
    private const int Part = 100;

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "1ms", "1ms", "15ms");
    private static readonly Parameter<TimeSpan> AckDelay = Parameter.Duration("ack-delay", "how long an ACK waits for company", "40ms", "40ms", "500ms");

    public override string Name => "nagle";

    public override string Title => "Nagle and the delayed ACK";

    public override string Summary => "A client writes a head and a body, and waits for the answer; 20 times, with Nagle's algorithm and delayed ACKs on and off.";

    public override string Question =>
        "Each request is two small writes, then a read; a round trip takes 2 ms. How long does a request take with Nagle's algorithm, with delayed ACKs, with both, with neither?";

    public override IReadOnlyList<Parameter> Parameters => [Delay, AckDelay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("Nagle is off everywhere") { Options = o => o with { Nagle = false } },
        new("the link is slower than said") { Link = d => d with { Delay = d.Delay * 1.5 } },
        new("ACKs never wait") { Options = o => o with { DelayedAcknowledgment = TimeSpan.Zero } },
    ];

    public override void Run(Bench bench)
    {
        double roundTrip = 2 * bench.Get(Delay).TotalMilliseconds;
        double wait = bench.Get(AckDelay).TotalMilliseconds;
        double neither = Try(bench, false, false, null);
        double nagle = Try(bench, true, false, null);
        double delayed = Try(bench, false, true, null);
        double both = Try(bench, true, true, "both");

        bench.Law("neither: a request", neither, roundTrip, 0.02, "ms", "one round trip");
        bench.Law("delayed ACKs alone", delayed, roundTrip, 0.02, "ms", "both writes leave at once; the answer carries the ACK");
        bench.Law("Nagle alone", nagle, 2 * roundTrip, 0.02, "ms", "the second write waits for the ACK of the first: one round trip more (RFC 9293, 3.7.4)");
        bench.Law("both", both, wait + (2 * roundTrip), 0.05, "ms", "and that ACK waits for company that does not come (RFC 9293, 3.8.6.3)");
        bench.Measure("price of both", both / neither, "times");
    }

    private static double Try(Bench bench, bool nagle, bool delays, string? picture)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={bench.Get(Delay).TotalMilliseconds}ms");
        var options = new ConnectionOptions
        {
            Nagle = nagle,
            DelayedAcknowledgment = delays ? bench.Get(AckDelay) : TimeSpan.Zero,
            QuickAcknowledgments = 0,
        };
        LabFlow flow = network.Tcp(client, server, options);
        network.RunUntil(() => flow.Client.IsEstablished && flow.Server is not null, TimeSpan.FromSeconds(1));
        TimeSpan start = network.Now;
        for (int round = 1; round <= Rounds; round++)
        {
            flow.Send(Part);

            // The first write leaves, or is held back, before the second is made.
            network.RunUntil(network.Now);
            flow.Send(Part);
            int asked = round;
            network.RunUntil(() => flow.Delivered == asked * 2L * Part, TimeSpan.FromSeconds(60));
            SimulatedStream answerer = flow.Server!;
            answerer.Write(new byte[Part]);
            network.RunUntil(() => flow.Client.ReceivedBytes == asked * (long)Part, TimeSpan.FromSeconds(60));
        }

        double each = (network.Now - start).TotalMilliseconds / Rounds;
        if (picture is not null)
        {
            bench.Ladder("Three requests, Nagle and delayed ACKs", flow.Ladder(14));
            bench.Picture("ladder", "Write, write, read: who waits for whom", () => LadderChart.Of(flow, 16));
            bench.Picture("sequence", "Write, write, read: Nagle and delayed ACKs", () => SequenceGraph.Of(flow, to: TimeSpan.FromMilliseconds(300)));
        }

        return each;
    }

    public override string Explanation =>
        "Nagle's algorithm holds a small segment back while another is unacknowledged; a delayed ACK waits for a second segment or for data to travel with. With write, write, read each waits for the other until the ACK's timer ends it: "
        + "40 ms a request here, 200 ms on some systems, whatever the network's speed. The cure is one write, or TCP_NODELAY where requests are written in parts.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.7.4 and 3.8.6.3", "RFC 1122, 4.2.3.4"];
}
