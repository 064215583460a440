using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>How large a window a given rate of loss leaves, the kernel's and NetLab's.</summary>
internal sealed class KernelResponse : Experiment
{
    private const string Heavier = "eight times as many losses";
    private const double Settling = 1.5;

    // √(1.5/p): RFC 9438, 5.1 and 5.2, where CUBIC takes care to be as Reno.
    private static readonly (int Every, double Window)[] Table = [(100, 12), (1_000, 38)];

    private static readonly Parameter<int> Seconds = Parameter.Count("seconds", "seconds each loss rate is measured", 6, 3, 600);

    public override string Name => "response-kernel";

    public override string Title => "Window over loss in the kernel";

    public override double TypicalSeconds => 16;

    public override string Summary => "One segment in 100 and in 1,000 is lost, at regular distances, on a round trip of 20 ms: the kernel's Reno and CUBIC beside NetLab's, through the same kind of link.";

    public override string Question => "The lesson response foretells 12 and 38 segments. What does the TCP that everybody runs have, and by how much does NetLab's differ from it?";

    public override IReadOnlyList<Parameter> Parameters => [Seconds];

    public override bool IsReal => true;

    public override string? Missing => RealTrials.Missing;

    public override IReadOnlyList<Mutation> Mutations => [new(Heavier) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        double to = Settling + bench.Get(Seconds);
        RealSender[] senders = [.. new[] { CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic }.SelectMany(a => new[] { new RealSender(true, a), new RealSender(false, a) })];
        var points = senders.ToDictionary(s => s.Name, _ => new List<Point>());
        foreach ((int every, double window) in Table)
        {
            int distance = bench.IsBroken(Heavier) ? every / 8 : every;
            IReadOnlyList<RealRun> runs = RealTrials.Run(bench, to, senders.Select(s => RealTrial.Of(s, string.Create(CultureInfo.InvariantCulture, $"delay=10ms,up.every={distance}"))));
            foreach (RealRun run in runs)
            {
                double mean = run.Flow.MeanWindow(Settling, to);
                points[run.Trial.Name].Add(new Point(1.0 / every, mean));
                bench.LawBetween(string.Create(CultureInfo.InvariantCulture, $"{run.Trial.Name}, 1 in {every}"), mean, window * 0.6, window * 1.7, "segments", "√(1.5/p) (RFC 9438, 5.1; RFC 5681, 3.1): a saw between two windows, seen through a busy machine");
                bench.Measure(string.Create(CultureInfo.InvariantCulture, $"{run.Trial.Name}, 1 in {every}: goodput"), run.Flow.Goodput(Settling, to) / 1e6, "Mbit/s");
            }

            foreach (CongestionAlgorithm algorithm in new[] { CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic })
            {
                double[] pair = [.. runs.Where(r => r.Flow.Sender.Algorithm == algorithm).Select(r => r.Flow.MeanWindow(Settling, to))];
                if (pair is [var kernel, var own])
                {
                    bench.Measure(string.Create(CultureInfo.InvariantCulture, $"{RealSender.NameOf(algorithm)}, 1 in {every}: NetLab ÷ kernel"), own / kernel, "");
                }
            }

            bench.Picture(string.Create(CultureInfo.InvariantCulture, $"windows-{every}"), string.Create(CultureInfo.InvariantCulture, $"One in {every} is lost, 20 ms"),
                [.. runs.Select(r => (Func<Chart>)(() => new Chart(r.Trial.Name, new Axis("time", "s"), new Axis("window", "segments") { Min = 0 }, [r.Flow.Windows() with { Name = null }]) { Height = 110 }))]);
        }

        bench.Picture("response", "Mean window over the loss rate (real)", () => new Chart("one loss every 1/p segments", new Axis("share of segments lost, p", "") { IsLogarithmic = true }, new Axis("mean window", "segments") { IsLogarithmic = true },
        [
            .. points.Where(p => p.Value.Count > 0).Select(p => new LineLayer(p.Value) { Name = p.Key, HasMarks = true }),
            new LineLayer([.. Table.Select(t => new Point(1.0 / t.Every, Math.Sqrt(1.5 * t.Every)))]) { Name = "√(1.5/p)", IsReference = true },
        ]));
    }

    public override string Explanation =>
        "Both stacks follow the law: a loss halves the window (Reno) or leaves 0.7 of it (CUBIC), a round trip adds a segment, and between two losses lie 1/p segments. What is above the figure of the virtual lesson is the machine: the round trip has the waits of a real scheduler in it, and a loss is noticed a little later. "
        + "Linux acknowledges every second segment and counts what was acknowledged, so its growth is that of the law too. At 20 ms CUBIC is where it keeps up with Reno (RFC 9438, 4.3). The windows are those that TCP_INFO and NetLab's own metrics tell, every 5 ms.";

    public override IReadOnlyList<string> Sources => ["RFC 9438, 4.3, 5.1 and 5.2", "RFC 5681, 3.1", "Linux: tcp(7), TCP_INFO"];
}
