using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>The curve of the kernel's CUBIC beside NetLab's.</summary>
internal sealed class KernelCubic : Experiment
{
    private const string RenoInstead = "Reno instead";
    private const string Link = "delay=25ms,up.rate=50M,up.aqm=codel,up.target=5ms,up.interval=100ms,up.queue=1000p";
    private const double From = 3;

    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "length of the run in seconds", 14, 6, 600);

    public override string Name => "cubic-curve-kernel";

    public override string Title => "The kernel's cubic curve";

    public override double TypicalSeconds => 15;

    public override string Summary => "The kernel's CUBIC and NetLab's, each over 50 Mbit/s and 50 ms with CoDel (5 ms, 100 ms), for 14 seconds.";

    public override string Question => "The path holds 216 segments. Sketch both windows over 14 s: what is left after each loss, and where does the curve come back to?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override bool IsReal => true;

    public override string? Missing => RealTrials.Missing;

    public override IReadOnlyList<Mutation> Mutations => [new(RenoInstead) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double to = bench.Get(Seconds);
        CongestionAlgorithm algorithm = bench.IsBroken(RenoInstead) ? CongestionAlgorithm.NewReno : CongestionAlgorithm.Cubic;
        IReadOnlyList<RealRun> runs = RealTrials.Run(bench, to, [RealTrial.Of(new RealSender(true, algorithm), Link), RealTrial.Of(new RealSender(false, algorithm), Link)]);
        foreach (RealRun run in runs)
        {
            string whose = run.Flow.Sender.IsKernel ? "kernel" : "NetLab";
            double[] kept = [.. run.Flow.Reductions().Order()];
            bench.LawBetween($"{whose}: kept by a reduction, the median", kept.Length > 0 ? kept[kept.Length / 2] : double.NaN, 0.62, 0.78, "of what was there", "RFC 9438, 4.6: β_cubic = 0.7");
            bench.LawBetween($"{whose}: mean window after the start", run.Flow.MeanWindow(From, to), 100, 450, "segments", "around the 216 that the path holds");
            bench.Measure($"{whose}: reductions", kept.Length);
            bench.Measure($"{whose}: highest window", run.Flow.Samples.Select(s => s.Window).DefaultIfEmpty(0).Max(), "segments");
            bench.Measure($"{whose}: goodput", run.Flow.Goodput(From, to) / 1e6, "Mbit/s");
            bench.Measure($"{whose}: mean wait in the queue", run.MeanWait(From, to), "ms");
        }

        bench.Picture("curve", "CUBIC on 50 Mbit/s, 50 ms, CoDel (real)",
        [
            () => new Chart("windows", new Axis("time", "s"), new Axis("window", "segments") { Min = 0 }, [.. runs.Select(r => r.Flow.Windows())]),
            .. runs.Select(r => (Func<Chart>)(() => new Chart($"queue of {r.Trial.Name}", new Axis("time", "s"), new Axis("wait", "ms") { Min = 0, Max = 60 }, [r.Queue() with { Name = null }]) { Height = 110 })),
        ]);
    }

    public override string Explanation =>
        "Each loss leaves 0.7 of the window; then the window rises steeply, lies flat near where the last loss was, and rises again: the curve is one of time, and both clocks are the same. The first peaks differ, as Linux ends slow start by how long a train of acknowledgments lasts as well as by round trips, and RFC 9406 by round trips alone. "
        + "Linux gives some of the window back where it finds that nothing was lost; what is shown is what TCP_INFO tells, every 5 ms.";

    public override IReadOnlyList<string> Sources => ["RFC 9438, 4.2 and 4.6", "RFC 9406, 4.2", "RFC 8289", "Linux: net/ipv4/tcp_cubic.c"];
}
