using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>Who gets how much of a link that the kernel's TCP and NetLab's share.</summary>
internal sealed class KernelFairness : Experiment
{
    private const string Alone = "the second flow is never begun";
    private const string Link = "delay=25ms,up.rate=10M,up.queue=62500";
    private const double Never = 1e9;

    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "length of a run in seconds", 24, 8, 600);

    public override string Name => "fairness-kernel";

    public override string Title => "Fairness between the kernel and NetLab";

    public override double TypicalSeconds => 30;

    public override string Summary => "Two flows share 10 Mbit/s, 50 ms and a queue of one bandwidth-delay product: one is the kernel's, one NetLab's, by Reno, CUBIC and BBR.";

    public override string Question => "What share has NetLab's flow beside the kernel's, with the same algorithm? And CUBIC beside BBR, when the one is the kernel's, when the other is?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override bool IsReal => true;

    public override string? Missing => RealTrials.Missing;

    public override IReadOnlyList<Mutation> Mutations => [new(Alone) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double to = bench.Get(Seconds);
        double from = to / 3;
        double second = bench.IsBroken(Alone) ? Never : 0.5;
        (CongestionAlgorithm Kernel, CongestionAlgorithm Own)[] pairs =
        [
            (CongestionAlgorithm.NewReno, CongestionAlgorithm.NewReno),
            (CongestionAlgorithm.Cubic, CongestionAlgorithm.Cubic),
            (CongestionAlgorithm.Bbr, CongestionAlgorithm.Bbr),
            (CongestionAlgorithm.Bbr, CongestionAlgorithm.Cubic),
            (CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr),
        ];
        IReadOnlyList<RealRun> runs = RealTrials.Run(bench, to, pairs.Select(p =>
            new RealTrial($"kernel's {RealSender.NameOf(p.Kernel)} and NetLab's {RealSender.NameOf(p.Own)}", Link, new RealSender(true, p.Kernel), new RealSender(false, p.Own, second))));
        foreach (RealRun run in runs)
        {
            double kernel = run.Flows[0].Goodput(from, to);
            double own = run.Flows.Count > 1 ? run.Flows[1].Goodput(from, to) : 0;
            double share = own / Math.Max(1, kernel + own);
            if (run.Trial.Senders[0].Algorithm == run.Trial.Senders[1].Algorithm && run.Trial.Senders[0].Algorithm != CongestionAlgorithm.Bbr)
            {
                bench.LawBetween($"{run.Trial.Name}: Jain's index", run.Fairness(from, to), 0.7, 1, "", "(Σx)² ÷ nΣx² (Jain et al. 1984): 0.5 where one has all");
                bench.Measure($"{run.Trial.Name}: NetLab's share", share, "");
            }
            else
            {
                // Linux has BBR's first version, NetLab the third: two algorithms that give way differently.
                bench.Measure($"{run.Trial.Name}: Jain's index", run.Fairness(from, to), "");
                bench.LawBetween($"{run.Trial.Name}: NetLab's share", share, 0.02, 0.98, "", "neither starves");
            }

            bench.LawBetween($"{run.Trial.Name}: both together", (kernel + own) / 1e6, 6.5, 10, "Mbit/s", "the line is used, headers counted");
        }

        bench.Picture("shares", "Two flows on 10 Mbit/s, 50 ms (real)",
            [.. runs.Select(r => (Func<Chart>)(() => new Chart(r.Trial.Name, new Axis("time", "s"), new Axis("rate", "Mbit/s") { Min = 0, Max = 10 }, [.. r.Flows.Select(f => Rates(f, to))]) { Height = 130 }))]);
    }

    private static LineLayer Rates(RealFlow flow, double to) =>
        new([.. Enumerable.Range(0, (int)to).Select(i => new Point(i + 0.5, flow.Goodput(i, i + 1) / 1e6))]) { Name = flow.Sender.Name };

    public override string Explanation =>
        "Flows of Reno, and of CUBIC, come to even shares whoever runs them: both halve, or go to 0.7, at their losses and grow alike in between. The kernel's BBR is its first version and NetLab's the third, which minds losses more: they need not come to even shares. CUBIC and BBR share a queue of one bandwidth-delay product as it falls out; which of them is the kernel's matters less than which it is. Shares of a few dozen seconds wander; the virtual lesson fairness takes two minutes and many seeds.";

    public override IReadOnlyList<string> Sources => ["Jain et al. 1984", "RFC 9438", "draft-ietf-ccwg-bbr", "Hock, Bless and Zitterbart 2017"];
}
