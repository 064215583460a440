using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>A queue that is too long, before the kernel's TCP and before NetLab's.</summary>
internal sealed class KernelBufferbloat : Experiment
{
    private const string WithCoDel = "CoDel in the queue";
    private const int Frame = 1_500;
    private const double RateBits = 10e6;
    private const double From = 2;

    private static readonly int[] Queues = [100, 20];
    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "seconds that are measured", 6, 3, 600);

    public override string Name => "bufferbloat-kernel";

    public override string Title => "Bufferbloat in the kernel";

    public override double TypicalSeconds => 9;

    public override string Summary => "A CUBIC transfer of the kernel and one of NetLab, each before a queue of 100 frames and of 20, on 10 Mbit/s and 4 ms.";

    public override string Question => "The queue before the slow link takes 120 ms, or 24. How long do packets wait behind a transfer of the kernel, and what has the transfer of it?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override bool IsReal => true;

    public override string? Missing => RealTrials.Missing;

    public override IReadOnlyList<Mutation> Mutations => [new(WithCoDel) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double to = From + bench.Get(Seconds);
        string discipline = bench.IsBroken(WithCoDel) ? ",up.aqm=codel" : "";
        RealSender[] senders = [new(true, CongestionAlgorithm.Cubic), new(false, CongestionAlgorithm.Cubic)];
        IReadOnlyList<RealRun> runs = RealTrials.Run(bench, to, Queues.SelectMany(frames => senders.Select(s =>
            new RealTrial(string.Create(CultureInfo.InvariantCulture, $"{s.Name}, {frames} frames"), string.Create(CultureInfo.InvariantCulture, $"delay=2ms,up.rate=10M,up.queue={frames * Frame}{discipline}"), s))));
        foreach ((RealRun run, int i) in runs.Select((r, i) => (r, i)))
        {
            double full = Queues[i / senders.Length] * Frame * 8 / RateBits * 1e3;

            // What is on the line already is a frame more.
            bench.LawBetween($"longest wait, {run.Trial.Name}", run.LongestWait(From, to), full * 0.8, full + (Frame * 8 / RateBits * 1e3), "ms", "queue ÷ rate: it is full before a loss tells (RFC 7567, 1)");
            bench.LawBetween($"goodput, {run.Trial.Name}", run.Flow.Goodput(From, to) / 1e6, RateBits * 0.7 / 1e6, RateBits / 1e6, "Mbit/s", "both queues are more than the path's 3 frames");
            bench.Measure($"round trip that the sender knows, {run.Trial.Name}", run.Flow.Samples.Where(s => s.At >= From).Select(s => s.RoundTrip).DefaultIfEmpty(0).Max(), "ms");
        }

        bench.Picture("queue", "The queue of each: 10 Mbit/s, 4 ms (real)",
            [.. runs.Select(r => (Func<Chart>)(() => new Chart(r.Trial.Name, new Axis("time", "s"), new Axis("wait", "ms") { Min = 0, Max = 130 }, [r.Queue() with { Name = null }]) { Height = 110 }))]);
        bench.Picture("windows", "The window of each (real)",
            [.. runs.Select(r => (Func<Chart>)(() => new Chart(r.Trial.Name, new Axis("time", "s"), new Axis("window", "segments") { Min = 0 }, [r.Flow.Windows() with { Name = null }]) { Height = 110 }))]);
    }

    public override string Explanation =>
        "The kernel's CUBIC fills the queue as NetLab's does, and for the same reason: the loss comes only when it is full. The saw in the queue is the window's, as everything beyond 3 frames waits. The longer queue gains nothing. How long each packet waited is told by the link, whose clock the machine's load does not bend.";

    public override IReadOnlyList<string> Sources => ["RFC 7567, 1", "RFC 8289, 1", "RFC 9438"];
}
