using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>Queues that speak up before they are full, to the kernel's TCP and to NetLab's.</summary>
internal sealed class KernelQueues : Experiment
{
    private const string DropTail = "drop-tail everywhere";
    private const double RateBits = 10e6;
    private const double From = 3;

    private static readonly (string Name, string Aqm, double Least, double Most, string Source)[] Disciplines =
    [
        ("drop-tail", "droptail", 40, 122, "a full queue is 120 ms (RFC 7567, 1)"),
        ("CoDel", "codel", 0, 18, "target 5 ms (RFC 8289, 4.2)"),
        ("FQ-CoDel", "fq_codel", 0, 18, "target 5 ms (RFC 8290, 5.2.2)"),
        ("PIE", "pie", 0, 35, "target 15 ms (RFC 8033, 4.2)"),
        ("RED", "red", 0, 80, "between its thresholds (RFC 2309)"),
    ];

    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "seconds that are measured", 8, 3, 600);

    public override string Name => "aqm-kernel";

    public override string Title => "Active queue management for the kernel";

    public override double TypicalSeconds => 14;

    public override string Summary => "A CUBIC transfer of the kernel and one of NetLab over 10 Mbit/s and 20 ms, each behind drop-tail, CoDel, FQ-CoDel, PIE and RED of 100 frames.";

    public override string Question => "The targets are 5 ms (CoDel) and 15 ms (PIE). How long do the kernel's packets wait with each, and NetLab's?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override bool IsReal => true;

    public override string? Missing => RealTrials.Missing;

    public override IReadOnlyList<Mutation> Mutations => [new(DropTail) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double to = From + bench.Get(Seconds);
        RealSender[] senders = [new(true, CongestionAlgorithm.Cubic), new(false, CongestionAlgorithm.Cubic)];
        IReadOnlyList<RealRun> runs = RealTrials.Run(bench, to, Disciplines.SelectMany(d => senders.Select(s =>
            new RealTrial($"{s.Name}, {d.Name}", string.Create(CultureInfo.InvariantCulture, $"delay=10ms,up.rate=10M,up.aqm={(bench.IsBroken(DropTail) ? "droptail" : d.Aqm)},up.queue=100p"), s))));
        foreach ((RealRun run, int i) in runs.Select((r, i) => (r, i)))
        {
            (_, _, double least, double most, string source) = Disciplines[i / senders.Length];
            bench.LawBetween($"standing delay, {run.Trial.Name}", run.MeanWait(From, to), least, most, "ms", source);
            bench.LawBetween($"goodput, {run.Trial.Name}", run.Flow.Goodput(From, to) / 1e6, RateBits * 0.7 / 1e6, RateBits / 1e6, "Mbit/s", "most of the line, headers counted (RFC 7928, 5)");
        }

        bench.Picture("waits", "Time in the queue, one long transfer: 10 Mbit/s, 20 ms (real)",
            [.. runs.Select((r, i) => (Func<Chart>)(() => new Chart(r.Trial.Name, new Axis("time", "s") { Min = 0, Max = to }, new Axis("wait", "ms") { Min = 0, Max = i < senders.Length ? 130 : 40 }, [r.Queue() with { Name = null }]) { Height = 90 }))]);
    }

    public override string Explanation =>
        "The disciplines are those of the lesson aqm, on a real clock, and the senders do not know them. Drop-tail lets the queue stand; CoDel and FQ-CoDel hold it near 5 ms, PIE near 15, RED between its thresholds, whosever packets they are. This kernel has no netem and needs no fq_codel module for it: the queue is the link's.";

    public override IReadOnlyList<string> Sources => ["RFC 8289", "RFC 8290", "RFC 8033", "RFC 2309", "RFC 7928, 5"];
}
