using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Who gets how much of a link that two share.</summary>
internal sealed class Fairness : Experiment
{
    private const double RateBits = 20e6;
    private static readonly TimeSpan From = TimeSpan.FromSeconds(20);
    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "length of a run in seconds", 120, 40, 600);

    public override string Name => "fairness";

    public override string Title => "Fairness";

    public override string Summary => "Two flows share 20 Mbit/s: of equal and of unequal round trips, of one algorithm and of two.";

    public override string Question =>
        "Two Reno flows share a link, with round trips of 50 ms each: what share has each? With 50 and 100 ms? And a CUBIC flow beside one with BBR, when the queue is short, when it is long?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the second flow's window is 32 KiB") { IsOwn = true },
    ];

    public override void Run(Bench bench)
    {
        foreach (CongestionAlgorithm algorithm in new[] { CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr })
        {
            (double first, double second, LabNetwork network) = Try(bench, algorithm, algorithm, 50, 50, 1);
            double index = Math.Pow(first + second, 2) / (2 * ((first * first) + (second * second)));
            bench.LawBetween($"{Name2(algorithm)} and {Name2(algorithm)}, equal: Jain's index", index, 0.95, 1, "", "(Σx)² ÷ nΣx² (Jain et al. 1984)", isRandom: true);
            if (algorithm == CongestionAlgorithm.NewReno)
            {
                bench.Picture("equal", "Two Reno flows, 50 ms each", () => FlowCharts.Throughput(TimeSpan.FromSeconds(1), network.Flows));
            }
        }

        (double near, double far, LabNetwork unequal) = Try(bench, CongestionAlgorithm.NewReno, CongestionAlgorithm.NewReno, 50, 100, 1);
        bench.LawBetween("Reno, 50 and 100 ms: ratio of rates", near / far, 1.3, 4, "times", "between RTT⁻¹ and RTT⁻²: the queue's delay is the same for both (RFC 5681; Lakshman and Madhow 1997)", isRandom: true);
        bench.Picture("unequal", "Reno, 50 and 100 ms", () => FlowCharts.Throughput(TimeSpan.FromSeconds(1), unequal.Flows));
        foreach (double queue in new[] { 0.5, 1, 4 })
        {
            (double bbr, double cubic, _) = Try(bench, CongestionAlgorithm.Bbr, CongestionAlgorithm.Cubic, 50, 50, queue);
            string size = string.Create(CultureInfo.InvariantCulture, $"{queue:0.##} BDP");
            bench.LawBetween($"CUBIC beside BBR, queue {size}: its share", cubic / (bbr + cubic), 0.05, 0.95, "", "neither starves", isRandom: true);
        }
    }

    private static string Name2(CongestionAlgorithm algorithm) => algorithm == CongestionAlgorithm.NewReno ? "Reno" : algorithm == CongestionAlgorithm.Cubic ? "CUBIC" : "BBR";

    private static (double First, double Second, LabNetwork Network) Try(Bench bench, CongestionAlgorithm first, CongestionAlgorithm second, int firstRtt, int secondRtt, double queue)
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
            network.At(TimeSpan.FromSeconds(index - 1), () =>
            {
                LabFlow flow = network.Tcp(client, server, options, keepsLog: false);
                flow.SendForever();
                flows.Add(flow);
            });
        }

        TimeSpan to = TimeSpan.FromSeconds(bench.Runs < 10 ? bench.Get(Seconds) : Math.Min(60, bench.Get(Seconds)));
        network.RunUntil(to);
        return (flows[0].Goodput(From, to), flows[1].Goodput(From, to), network);
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "Flows that halve together and grow by the same amount come ever closer to equal shares. Growth is per round trip: at half the round trip Reno grows twice as often, and each of its round trips carries twice the rate, so its share is between one and two powers of the ratio larger. "
        + "BBR does not halve when CUBIC does: in a short queue it takes more than its share, and in a long one CUBIC fills the queue and BBR, which keeps to two bandwidth-delay products, gives way.";

    public override IReadOnlyList<string> Sources => ["Chiu and Jain 1989", "Jain et al. 1984", "RFC 5681", "draft-ietf-ccwg-bbr"];
}
