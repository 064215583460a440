using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>CUBIC's curve on a link with CoDel, in the bands in which ns-3 validates its own.</summary>
internal sealed class CubicValidation : Experiment
{
    private const int Payload = 1_448;

    public override string Name => "cubic-curve";

    public override string Title => "CUBIC's curve";

    public override double TypicalSeconds => 0.5;

    public override string Summary => "One CUBIC flow over 50 Mbit/s and 50 ms with CoDel (5 ms, 100 ms), for 14 seconds.";

    public override string Question =>
        "Slow start, the first drop, then W(t) = C·(t − K)³ + W_max. Sketch the congestion window over 14 s: how high is its first peak, how deep does it fall, and when does it come back?";

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("CUBIC halves its window") { Options = o => o with { Without = o.Without | Ablations.CubicDecrease } },
        new("Reno instead") { Options = o => o with { Congestion = CongestionAlgorithm.NewReno } },
        new("the line is a third as fast") { Link = d => d with { Rate = d.Rate / 3 } },
        new("no CoDel") { Link = d => d with { Discipline = new Udp.Links.Queues.DropTailSettings() } },
    ];

    public override void Run(Bench bench)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        (LabLink up, _) = network.Connect(client, server, "delay=25ms,up.rate=50M,up.aqm=codel,up.target=5ms,up.interval=100ms,up.queue=1000p");

        // As in ns-3's example: each payload has 1,448 bytes.
        var options = new ConnectionOptions
        {
            Congestion = CongestionAlgorithm.Cubic,
            MaxSegmentSize = Payload + 12,
            ReceiveBufferSize = 16 << 20,
            SendBufferSize = 16 << 20,
        };
        LabFlow flow = network.Tcp(client, server, options);
        flow.SendForever();
        network.RunUntil(TimeSpan.FromSeconds(14));

        double Most(double from, double to) => flow.ClientEnd.Samples.Where(s => s.At.TotalSeconds() >= from && s.At.TotalSeconds() <= to).Select(s => s.Metrics.CongestionWindow / (double)Payload).DefaultIfEmpty(double.NaN).Max();
        double Least(double from, double to) => flow.ClientEnd.Samples.Where(s => s.At.TotalSeconds() >= from && s.At.TotalSeconds() <= to).Select(s => s.Metrics.CongestionWindow / (double)Payload).DefaultIfEmpty(double.NaN).Min();
        bench.LawBetween("first peak, 0.43 to 0.465 s", Most(0.43, 0.465), 500, 2_000, "segments", "ns-3, tcp-validation: CUBIC without ECN");
        bench.LawBetween("kept by the first reduction", FirstReduction(flow), 0.68, 0.72, "of the window", "RFC 9438, 4.6: β_cubic = 0.7");
        bench.LawBetween("after the drops, 0.8 to 1 s", Least(0.8, 1), 50, 190, "segments", "ns-3, tcp-validation: three reductions there, four here");
        double[] peaks = [.. Peaks(flow, 1, 14)];
        bench.LawBetween("times back above 225 before 14 s", peaks.Count(p => p >= 225), 2, 10, "", "ns-3, tcp-validation: W(t) = C·(t − K)³ + W_max (RFC 9438, 4.2)");
        bench.Measure("highest of them", peaks.DefaultIfEmpty(0).Max(), "segments");
        bench.Picture("curve", "CUBIC on 50 Mbit/s, 50 ms, CoDel", () => FlowCharts.Windows(flow, true), () => FlowCharts.Binds(FlowTrace.Of(flow)), () => FlowCharts.RoundTrips(flow), () => FlowCharts.Queue(up));
    }

    // What is left of the window where it shrinks first.
    private static double FirstReduction(LabFlow flow)
    {
        double peak = 0;
        foreach (FlowSample sample in flow.ClientEnd.Samples)
        {
            double window = sample.Metrics.CongestionWindow;
            if (window < peak * 0.9)
            {
                return window / peak;
            }

            peak = Math.Max(peak, window);
        }

        return double.NaN;
    }

    // The largest window between reductions.
    private static IEnumerable<double> Peaks(LabFlow flow, double from, double to)
    {
        double peak = 0;
        foreach (FlowSample sample in flow.ClientEnd.Samples.Where(s => s.At.TotalSeconds() >= from && s.At.TotalSeconds() <= to))
        {
            double window = sample.Metrics.CongestionWindow / (double)Payload;
            if (window < peak * 0.8)
            {
                yield return peak;
                peak = window;
            }

            peak = Math.Max(peak, window);
        }

        yield return peak;
    }

    public override string Explanation =>
        "Slow start doubles until CoDel has seen a tenth of a second of delay; by then the window is several times what the path holds, and the drops bring it down. From there the curve is cubic: steep at first, flat around the window at which the last loss was, and steep again where nothing is known. CoDel drops as soon as it stands in the queue for long, so the window saws between 0.7 of W_max and W_max. "
        + "The window peaks near 680 segments and not near 511 as in ns-3, whose HyStart also ends slow start where the acknowledgments of a round last longer than a round trip; RFC 9406 goes by measured round trips alone, and knows a round later. It takes four reductions to 0.7 to be below 190, one a recovery (RFC 9438, 4.6); each begins as the one before ends, as what was sent after that had begun is lost as well (RFC 5681, 4.3).";

    public override IReadOnlyList<string> Sources => ["RFC 9438, 4.2 and 4.6", "RFC 5681, 4.3", "RFC 9406, 4.2", "RFC 8289", "ns-3, examples/tcp/tcp-validation.cc"];
}
