using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Who gets how much of a link that two share.</summary>
internal sealed class Fairness : Experiment
{
    private const double RateBits = 10e6;
    private static readonly TimeSpan From = TimeSpan.FromSeconds(20);
    private const string Alone = "the second flow is never begun";

    private static readonly double[] Queues = [0.25, 0.5, 1, 2, 4, 8];
    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "length of a run in seconds", 120, 40, 600);

    public override string Name => "fairness";

    public override string Title => "Fairness";

    public override double TypicalSeconds => 4;

    public override string Summary => "Two flows share 10 Mbit/s: of equal and of unequal round trips, of one algorithm and of two.";

    public override string Question =>
        "Two Reno flows share a link, with round trips of 50 ms each: what share has each? With 50 and 100 ms? And a CUBIC flow beside one with BBR, when the queue is short, when it is long?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the second flow's window is 32 KiB") { IsOwn = true },
        new(Alone) { IsOwn = true },
    ];

    public override void Run(Bench bench)
    {
        foreach (CongestionAlgorithm algorithm in new[] { CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr })
        {
            (double first, double second, LabNetwork network, _) = Try(bench, algorithm, algorithm, 50, 50, 1);
            double index = Math.Pow(first + second, 2) / (2 * ((first * first) + (second * second)));
            bench.LawBetween($"{Name2(algorithm)} and {Name2(algorithm)}, equal: Jain's index", index, 0.95, 1, "", "(Σx)² ÷ nΣx² (Jain et al. 1984)", isRandom: true);
            if (algorithm == CongestionAlgorithm.NewReno)
            {
                bench.Picture("equal", "Two Reno flows, 50 ms each", () => FlowCharts.Throughput(TimeSpan.FromSeconds(1), network.Flows));
            }
        }

        (double near, double far, LabNetwork unequal, double trips) = Try(bench, CongestionAlgorithm.NewReno, CongestionAlgorithm.NewReno, 50, 100, 1);
        bench.Measure("Reno, 50 and 100 ms: ratio of rates", near / far, "times");
        bench.Measure("ratio of their round trips, the queue's wait counted", trips, "times");
        bench.LawBetween("Reno, 50 and 100 ms: the power of the round trip that rates go by", Math.Log(near / far) / Math.Log(trips), 0.9, 2.1, "", "between RTT⁻¹ and RTT⁻² (Lakshman and Madhow 1997): windows grow by a segment a round trip (RFC 5681, 3.1)", isRandom: true);
        bench.Picture("unequal", "Reno, 50 and 100 ms", () => FlowCharts.Throughput(TimeSpan.FromSeconds(1), unequal.Flows));
        var left = new List<Point>();
        foreach (double queue in Queues)
        {
            (double bbr, double cubic, _, _) = Try(bench, CongestionAlgorithm.Bbr, CongestionAlgorithm.Cubic, 50, 50, queue);
            string size = string.Create(CultureInfo.InvariantCulture, $"{queue:0.##} BDP");
            left.Add(new Point(queue, cubic / (bbr + cubic)));
            bench.LawBetween($"CUBIC beside BBR, queue {size}: its share", left[^1].Y, 0.02, 0.98, "", "neither starves", isRandom: true);
        }

        bench.LawBetween("what CUBIC gains by a queue of 8 BDP over one of 0.25", left[^1].Y - left[0].Y, 0.2, 1, "of the link", "a long queue fills before CUBIC gives way, and BBR keeps to two BDP (Hock et al. 2017)", isRandom: true);
        bench.Picture("beside-bbr", "What BBR leaves CUBIC: 10 Mbit/s, 50 ms each", () => new Chart("CUBIC's share over the queue", new Axis("queue", "BDP") { IsLogarithmic = true, Min = 0.2, Max = 10 }, new Axis("CUBIC's share", "") { Min = 0, Max = 1 },
        [
            new LineLayer(left) { Name = "measured", HasMarks = true },
            new LineLayer([new Point(0.2, 0.5), new Point(10, 0.5)]) { Name = "an even share", IsReference = true },
        ]));
    }

    private static string Name2(CongestionAlgorithm algorithm) => algorithm == CongestionAlgorithm.NewReno ? "Reno" : algorithm == CongestionAlgorithm.Cubic ? "CUBIC" : "BBR";

    private static (double First, double Second, LabNetwork Network, double Trips) Try(Bench bench, CongestionAlgorithm first, CongestionAlgorithm second, int firstRtt, int secondRtt, double queue)
    {
        LabNetwork network = bench.NewNetwork();
        LabHost server = network.Host("server");
        long product = (long)(RateBits * 0.05 / 8 * queue);
        LabLink shared = network.AddLink(string.Create(CultureInfo.InvariantCulture, $"delay=5ms,rate={RateBits},queue={product}"), "the shared link");
        shared.KeepsLog = false;
        var flows = new List<LabFlow>();
        foreach ((CongestionAlgorithm algorithm, int roundTrip, int index) in new[] { (first, firstRtt, 1), (second, secondRtt, 2) })
        {
            LabHost client = network.Host(string.Create(CultureInfo.InvariantCulture, $"{Name2(algorithm)} {roundTrip} ms ({index})"));
            int window = index == 2 && bench.IsBroken("the second flow's window is 32 KiB") ? 32 << 10 : 8 << 20;
            LabLink back = network.AddLink(string.Create(CultureInfo.InvariantCulture, $"delay={roundTrip - 5}ms"), "back to " + client.Name);
            back.KeepsLog = false;
            network.Route(client, server, shared, back);

            // The second begins a second later, as no two flows begin together.
            var options = new ConnectionOptions { Congestion = algorithm, ReceiveBufferSize = window, SendBufferSize = 8 << 20, Without = algorithm == CongestionAlgorithm.Cubic ? Ablations.None : Ablations.HyStart };
            network.At(TimeSpan.FromSeconds(index == 2 && bench.IsBroken(Alone) ? 10_000 : index - 1), () =>
            {
                LabFlow flow = network.Tcp(client, server, options, keepsLog: false);
                flow.SendForever();
                flows.Add(flow);
            });
        }

        TimeSpan to = TimeSpan.FromSeconds(bench.Runs < 10 ? bench.Get(Seconds) : Math.Min(50, bench.Get(Seconds)));
        double[] trips = new double[2];
        void Sample()
        {
            for (int i = 0; i < flows.Count; i++)
            {
                trips[i] += flows[i].Client.Connection?.Metrics.SmoothedRoundTrip?.TotalSeconds ?? 0;
            }

            network.In(TimeSpan.FromMilliseconds(100), Sample);
        }

        network.At(From, Sample);
        network.RunUntil(to);
        return (flows[0].Goodput(From, to), flows.Count > 1 ? flows[1].Goodput(From, to) : 0, network, trips[1] / trips[0]);
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "Flows that halve together and grow by the same amount come ever closer to equal shares. Growth is per round trip: at half the round trip Reno grows twice as often, and each of its round trips carries twice the rate, so its share is between one and two powers of the ratio larger. "
        + "BBR does not halve when CUBIC does: in a short queue it takes more than its share, and in a long one CUBIC fills the queue and BBR, which keeps to two bandwidth-delay products, gives way.";

    public override IReadOnlyList<string> Sources => ["Chiu and Jain 1989", "Jain et al. 1984", "RFC 5681", "draft-ietf-ccwg-bbr", "Hock, Bless and Zitterbart 2017"];
}
