using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>What random loss leaves of a flow, the kernel's and NetLab's.</summary>
internal sealed class KernelLoss : Experiment
{
    private const string Lossless = "the link loses nothing";
    private const double RateBits = 20e6;
    private const double RoundTripMs = 20;
    private const int Payload = 1_448;
    private const double Settling = 1.5;

    private static readonly double[] Shares = [0.01, 0.03];
    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "seconds each share of loss is measured", 6, 3, 600);

    public override string Name => "loss-kernel";

    public override string Title => "Goodput over random loss in the kernel";

    public override double TypicalSeconds => 18;

    public override string Summary => "1 and 3 % of packets are lost at random on 20 Mbit/s and 20 ms: the kernel's Reno, CUBIC and BBR beside NetLab's.";

    public override string Question => "Which of the three gives way, and how far? Does it matter whose TCP it is?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override bool IsReal => true;

    public override string? Missing => RealTrials.Missing;

    public override IReadOnlyList<Mutation> Mutations => [new(Lossless) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double to = Settling + bench.Get(Seconds);
        CongestionAlgorithm[] algorithms = [CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr];
        RealSender[] senders = [.. algorithms.SelectMany(a => new[] { new RealSender(true, a), new RealSender(false, a) })];
        var points = senders.ToDictionary(s => s.Name, _ => new List<Point>());
        foreach (double share in Shares)
        {
            double loss = bench.IsBroken(Lossless) ? 0 : share;
            string at = string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");
            IReadOnlyList<RealRun> runs = RealTrials.Run(bench, to, senders.Select(s => RealTrial.Of(s, string.Create(CultureInfo.InvariantCulture, $"delay={RoundTripMs / 2}ms,up.rate={RateBits},up.queue=100000,up.loss={loss}"))));
            double formula = 8 * Payload * Math.Sqrt(1.5 / share) / (RoundTripMs / 1e3);
            foreach (RealRun run in runs)
            {
                double goodput = run.Flow.Goodput(Settling, to);
                points[run.Trial.Name].Add(new Point(share * 100, goodput / 1e6));
                if (run.Flow.Sender.Algorithm == CongestionAlgorithm.Bbr)
                {
                    bench.LawBetween($"{run.Trial.Name} at {at}", goodput / 1e6, RateBits * 0.4 / 1e6, RateBits / 1e6, "Mbit/s", "random loss is no sign of a full queue to it (draft-ietf-ccwg-bbr)");
                }
                else
                {
                    bench.LawBetween($"{run.Trial.Name} at {at}", goodput / 1e6, formula * 0.35 / 1e6, formula * 1.6 / 1e6, "Mbit/s", "MSS/RTT·√(1.5/p) (Mathis et al. 1997), CUBIC no less than Reno (RFC 9438, 4.3); a busy machine makes the round trip longer");
                }
            }

            long entered = runs.Sum(r => r.Up.Entered);
            bench.LawBetween($"lost on the links at {at}", runs.Sum(r => r.Up.Lost) / (double)Math.Max(1, entered), share * 0.7, share * 1.3, "", "p of what is sent: what UDP would lose (RFC 768)");
        }

        bench.Picture("sweep", "Goodput over random loss: 20 Mbit/s, 20 ms (real)", () => new Chart("what the receiver got", new Axis("lost", "%") { IsLogarithmic = true }, new Axis("goodput", "Mbit/s") { IsLogarithmic = true },
        [
            .. points.Where(p => p.Value.Count > 0).Select(p => new LineLayer(p.Value) { Name = p.Key, HasMarks = true }),
            new LineLayer([.. Shares.Select(p => new Point(p * 100, Math.Min(RateBits, 8 * Payload * Math.Sqrt(1.5 / p) / (RoundTripMs / 1e3)) / 1e6))]) { Name = "MSS/RTT·√(1.5/p)", IsReference = true },
            new LineLayer([.. Shares.Select(p => new Point(p * 100, RateBits * (1 - p) / 1e6))]) { Name = "UDP: 1 − p of the rate", IsReference = true },
        ]));
    }

    public override string Explanation =>
        "Reno and CUBIC take each loss for a full queue and fall with √p, in the kernel as in NetLab; BBR goes by the rate at which data arrive, and keeps most of the link. Where both stacks run the same algorithm what differs is the moment at which a loss is noticed, and how an idle pause is made up for. UDP at the link's rate would have 1 − p of it. The link counts what it lost: that is the law's p.";

    public override IReadOnlyList<string> Sources => ["Mathis et al. 1997", "RFC 9438, 4.3", "draft-ietf-ccwg-bbr", "Linux: net/ipv4/tcp_bbr.c"];
}
