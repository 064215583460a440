using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Queues that speak up before they are full.</summary>
internal sealed class ActiveQueues : Experiment
{
    private static readonly TimeSpan From = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan To = TimeSpan.FromSeconds(40);
    private static readonly Parameter<TimeSpan> RoundTrip = Parameter.Duration("round-trip", "the path's round trip without a queue", "20ms", "4ms", "100ms");

    public override string Name => "aqm";

    public override string Title => "Active queue management";

    public override double TypicalSeconds => 0.6;

    public override string Summary => "One long transfer over 10 Mbit/s, and a sparse flow beside it; the queue is drop-tail, CoDel, FQ-CoDel, PIE or RED.";

    public override string Question =>
        "The queue may hold 100 frames, 120 ms. CoDel's target is 5 ms, PIE's 15 ms. How long do packets wait with each, how much of the line is used, and what does a second flow notice that sends only now and then?";

    public override IReadOnlyList<Parameter> Parameters => [RoundTrip];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the queue holds ten frames") { Link = d => d.Rate > 0 ? d with { QueueDatagrams = 10 } : d },
        new("the line loses 3 % besides") { Link = d => d.Rate > 0 ? d with { Loss = 0.03 } : d },
        new("drop-tail everywhere") { Link = d => d with { Discipline = new Udp.Links.Queues.DropTailSettings() } },
    ];

    public override void Run(Bench bench)
    {
        Trial run = Try(bench, "droptail");
        bench.LawBetween("drop-tail: standing delay", run.Wait, 60, 121, "ms", "a full queue is 120 ms (RFC 7567, 1)");
        var lines = new List<LineLayer> { run.Line };
        foreach ((string name, string aqm, double most, string source) in new[]
        {
            ("CoDel", "codel", 10.0, "target 5 ms (RFC 8289, 4.2)"),
            ("FQ-CoDel", "fq_codel", 10.0, "target 5 ms (RFC 8290, 5.2.2)"),
            ("PIE", "pie", 25.0, "target 15 ms (RFC 8033, 4.2)"),
            ("RED", "red", 70.0, "between its thresholds (RFC 2309)"),
        })
        {
            run = Try(bench, aqm);
            lines.Add(run.Line with { Name = name });
            bench.LawBetween($"{name}: standing delay", run.Wait, 0, most, "ms", source);
            bench.LawBetween($"{name}: goodput", run.Goodput / 1e6, 8.6, 10, "Mbit/s", "≥ 90 % of the line, headers counted (RFC 7928, 5)");
            if (aqm == "fq_codel")
            {
                bench.LawBetween("FQ-CoDel: the sparse flow waits", run.Probe - bench.Get(RoundTrip).TotalMilliseconds, 0, 2, "ms", "a sparse flow goes before those that queue (RFC 8290, 3): one frame at most, 1.2 ms");
            }
            else
            {
                bench.Measure($"{name}: the sparse flow waits", run.Probe - bench.Get(RoundTrip).TotalMilliseconds, "ms");
            }
        }

        // Each by itself: over one another nobody would tell them apart. What slow start does to them is cut off above.
        Func<Chart>[] charts = [.. lines.Select((line, i) => (Func<Chart>)(() => Waits(line, i == 0 ? 130 : 40)))];
        bench.Picture("waits", "Time in the queue, one long transfer: 10 Mbit/s, 20 ms", charts);
    }

    private static Chart Waits(LineLayer line, double most) =>
        new(line.Name!, new Axis("time", "s") { Min = 0, Max = To.TotalSeconds }, new Axis("wait", "ms") { Min = 0, Max = most }, [line with { Name = null, Style = 0 }]) { Height = 110 };

    private static Trial Try(Bench bench, string aqm)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        (LabLink up, _) = network.Connect(client, server, $"delay={bench.Get(RoundTrip).TotalMilliseconds / 2}ms,up.rate=10M,up.aqm={aqm},up.queue=100p");
        LabFlow flow = network.Tcp(client, server, new ConnectionOptions { MaxSegmentSize = 1_452, ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20 }, keepsLog: false);
        flow.SendForever();
        LabProbe probe = network.Probe(client, server, TimeSpan.FromMilliseconds(50));
        network.RunUntil(To);
        double wait = up.MeanWait(From, To).TotalMilliseconds;
        var line = new LineLayer([.. up.Waits().Select(w => new Point(w.At.TotalSeconds(), w.Waited.TotalMilliseconds))]) { Name = "drop-tail" };
        return new Trial(wait, flow.Goodput(From, To), probe.Quantile(0.5, From, To), line);
    }

    public override string Explanation =>
        "A drop-tail queue says nothing until it is full. CoDel looks at how long packets wait: when the least wait of a tenth of a second is above 5 ms, it drops one, and then more often, until senders have understood. PIE estimates the wait and drops at random with a probability that follows it; RED goes by the mean length. "
        + "FQ-CoDel moreover gives each flow a queue of its own, and lets those that have nothing waiting go first: the sparse flow does not notice the transfer.";

    public override IReadOnlyList<string> Sources => ["RFC 8289", "RFC 8290", "RFC 8033", "RFC 2309", "RFC 7567"];

    private sealed record Trial(double Wait, double Goodput, double Probe, LineLayer Line);
}
