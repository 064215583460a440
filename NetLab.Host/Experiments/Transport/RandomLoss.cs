using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>What random loss leaves of a flow, by algorithm, beside UDP.</summary>
internal sealed class RandomLoss : Experiment
{
    private const int RoundTripMs = 40;
    private const long RateBits = 20_000_000;
    private const int Segment = 1_388;

    private static readonly double[] Shares = [0.0001, 0.001, 0.005, 0.01, 0.03, 0.05];
    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "seconds each flow is measured", 20, 10, 600);

    public override string Name => "loss";

    public override string Title => "Goodput over random loss";

    public override double TypicalSeconds => 1.5;

    public override string Summary => "0.01 to 5 % of datagrams are lost at random on 20 Mbit/s and 40 ms; Reno, CUBIC and BBR beside UDP.";

    public override string Question =>
        "Draw goodput over the share lost, for Reno, CUBIC, BBR and for UDP at the link's rate. Where does each begin to fall, and where do the curves cross?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("losses are found by the timer alone") { Options = o => o with { Without = o.Without | Ablations.FastRetransmission | Ablations.TailLossProbe } },
        new("the link loses 5 % besides") { Link = d => d.Rate > 0 ? d with { Loss = d.Loss + 0.05 } : d },
        new("CUBIC's window is 8 KiB") { Options = o => o.Congestion == CongestionAlgorithm.Cubic ? o with { ReceiveBufferSize = 8 << 10 } : o },
        new("no SACK, and three times the loss") { Options = o => o with { Sack = false }, Link = d => d with { Loss = d.Loss * 3 } },
    ];

    public override void Run(Bench bench)
    {
        var lines = new List<(string Name, List<Point> Points)>();
        foreach (CongestionAlgorithm algorithm in new[] { CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr })
        {
            string name = algorithm == CongestionAlgorithm.NewReno ? "Reno" : algorithm == CongestionAlgorithm.Cubic ? "CUBIC" : "BBR";
            var points = new List<Point>();
            foreach (double loss in Shares)
            {
                bool isJudged = algorithm == CongestionAlgorithm.NewReno || loss == 0.01;
                if (!isJudged && !bench.WantsPictures && bench.Runs > 1)
                {
                    continue;
                }

                double goodput = Tcp(bench, algorithm, loss);
                points.Add(new Point(loss * 100, goodput / 1e6));
                double formula = 8 * Segment * Math.Sqrt(1.5 / loss) / (RoundTripMs / 1e3);

                // Where the formula is above the link's rate, the link binds.
                if (algorithm == CongestionAlgorithm.NewReno && formula < RateBits * 0.6)
                {
                    bench.Law(string.Create(CultureInfo.InvariantCulture, $"Reno at {loss * 100:0.##} %"), goodput / 1e6, formula / 1e6, 0.25, "Mbit/s", "MSS/RTT·√(1.5/p) (Mathis et al. 1997)", isRandom: true);
                }
            }

            lines.Add((name, points));
        }

        var datagrams = new List<Point>();
        foreach (double loss in Shares)
        {
            double share = Udp(bench, loss);
            datagrams.Add(new Point(loss * 100, share * RateBits / 1e6));
            bench.Law(string.Create(CultureInfo.InvariantCulture, $"UDP at {loss * 100:0.##} %"), share, 1 - loss, 0.01, "", "1 − p of what is sent (RFC 768)", isRandom: true);
        }

        double at1 = lines[2].Points.First(p => p.X == 1).Y;
        bench.LawBetween("BBR at 1 % of loss", at1, RateBits * 0.85 / 1e6, RateBits / 1e6, "Mbit/s", "random loss is no sign of a full queue to it (draft-ietf-ccwg-bbr)", isRandom: true);

        // Where Reno's line meets half of the link's rate, to which BBR and UDP still hold: W/RTT at that rate, solved for p.
        double half = 1.5 * Math.Pow(8 * Segment / (RoundTripMs / 1e3 * RateBits / 2), 2);
        bench.LawBetween("loss at which Reno has half of the link", Crossing(lines[0].Points, RateBits / 2e6), 50 * half, 200 * half, "%", "MSS/RTT·√(1.5/p) = half of the rate; BBR and UDP hold on there (Mathis et al. 1997)", isRandom: true);
        if (lines.All(l => l.Points.Count == Shares.Length))
        {
            bench.Measure("loss at which BBR has twice what Reno has", Crossing([.. lines[0].Points.Zip(lines[2].Points, (reno, bbr) => new Point(reno.X, reno.Y / bbr.Y))], 0.5), "%");
            bench.Measure("loss at which BBR has half of the link", Crossing(lines[2].Points, RateBits / 2e6), "%");
        }

        bench.LawBetween("CUBIC ÷ Reno at 1 %", lines[1].Points.First(p => p.X == 1).Y / lines[0].Points.First(p => p.X == 1).Y, 0.8, 2, "", "no less than Reno (RFC 9438, 4.3)", isRandom: true);
        bench.Picture("sweep", "Goodput over random loss: 20 Mbit/s, 40 ms", () => new Chart("what the receiver got", new Axis("lost", "%") { IsLogarithmic = true }, new Axis("goodput", "Mbit/s") { IsLogarithmic = true },
        [
            .. lines.Select(l => new LineLayer(l.Points) { Name = l.Name, HasMarks = true }),
            new LineLayer(datagrams) { Name = "UDP", HasMarks = true },
            new LineLayer([.. Shares.Select(p => new Point(p * 100, Math.Min(RateBits, 8 * Segment * Math.Sqrt(1.5 / p) / (RoundTripMs / 1e3)) / 1e6))]) { Name = "MSS/RTT·√(1.5/p)", IsReference = true },
        ]));
    }

    // Where falling points pass a value, on logarithmic axes; 0 if they are below it from the first on, without end if they never are.
    private static double Crossing(List<Point> points, double value)
    {
        for (int i = 1; i < points.Count; i++)
        {
            (Point above, Point below) = (points[i - 1], points[i]);
            if (above.Y >= value && below.Y < value)
            {
                return above.X * Math.Pow(below.X / above.X, Math.Log(above.Y / value) / Math.Log(above.Y / below.Y));
            }
        }

        return points[0].Y < value ? 0 : double.PositiveInfinity;
    }

    private static (LabNetwork Network, LabHost Client, LabHost Server) Build(Bench bench, double loss)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        (LabLink up, LabLink down) = network.Connect(client, server, FormattableString.Invariant($"delay={RoundTripMs / 2}ms,up.rate={RateBits},up.queue=100000,up.loss={loss}"));
        (up.KeepsLog, down.KeepsLog) = (false, false);
        return (network, client, server);
    }

    private static double Tcp(Bench bench, CongestionAlgorithm algorithm, double loss)
    {
        (LabNetwork network, LabHost client, LabHost server) = Build(bench, loss);
        var options = new ConnectionOptions { Congestion = algorithm, ReceiveBufferSize = 8 << 20, SendBufferSize = 8 << 20 };
        LabFlow flow = network.Tcp(client, server, options, keepsLog: false);
        flow.SendForever();

        // Slow start is no part of the formula; rare losses take a while to come to bear.
        TimeSpan from = TimeSpan.FromSeconds(5);
        TimeSpan to = from + TimeSpan.FromSeconds(bench.Runs < 10 ? bench.Get(Seconds) : Math.Min(10, bench.Get(Seconds)));
        network.RunUntil(to);
        return flow.Goodput(from, to);
    }

    private static double Udp(Bench bench, double loss)
    {
        (LabNetwork network, LabHost client, LabHost server) = Build(bench, loss);
        const int Size = 1_400;
        LabDatagrams datagrams = network.Datagrams(client, server, TimeSpan.FromSeconds((Size + 28) * 8.0 / RateBits * 1.001), Size, TimeSpan.FromSeconds(bench.Runs < 10 ? 3 : 1));
        network.RunUntil(TimeSpan.FromSeconds(5));
        return (double)(datagrams.Sent - datagrams.Missing) / datagrams.Sent;
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "To Reno and CUBIC a loss means that a queue is full, and they give way: what is left falls with √p, whatever the link could carry. BBR goes by the rate at which data arrive and holds on until loss is heavy. UDP does not ask: it loses exactly what is lost, and repairs nothing. "
        + "The curves cross where a repaired stream is worth more than what UDP leaves out, and that is a question for the application.";

    public override IReadOnlyList<string> Sources => ["Mathis et al. 1997", "RFC 9438, 4.3", "draft-ietf-ccwg-bbr", "RFC 768"];
}
