using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>A queue that is too long costs time, and gains nothing.</summary>
internal sealed class Bufferbloat : Experiment
{
    private const int Frame = 1_500;
    private const double RateBits = 10e6;

    private static readonly TimeSpan From = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan To = TimeSpan.FromSeconds(25);
    private static readonly Parameter<TimeSpan> RoundTrip = Parameter.Duration("round-trip", "the path's round trip without a queue", "4ms", "1ms", "100ms");

    public override string Name => "bufferbloat";

    public override string Title => "Bufferbloat";

    public override double TypicalSeconds => 0.5;

    public override string Summary => "A long transfer fills a link of 10 Mbit/s whose queue holds 100, 20 or 5 frames; a probe asks for the round trip.";

    public override string Question =>
        "The path takes 4 ms there and back; the queue before the slow link holds 100 frames of 1,500 bytes. What round trip does everybody else see while one transfer runs? And with 20 frames, with 5? What does the transfer lose by a shorter queue?";

    public override IReadOnlyList<Parameter> Parameters => [RoundTrip];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("CoDel in the queue") { Link = d => d.Rate > 0 ? d with { Discipline = new Udp.Links.Queues.CoDelSettings() } : d },
        new("20 frames are 2") { Link = d => d.Queue == 20 * Frame ? d with { Queue = 2 * Frame } : d },
        new("the line is half as fast") { Link = d => d with { Rate = d.Rate / 2 } },
    ];

    public override void Run(Bench bench)
    {
        double idle = bench.Get(RoundTrip).TotalMilliseconds;
        var lines = new List<LineLayer>();
        var rates = new List<double>();
        foreach (int frames in new[] { 100, 20, 5 })
        {
            (LabFlow flow, LabProbe probe, LabLink up) = Try(bench, frames);
            double full = idle + (frames * Frame * 8 / RateBits * 1e3);
            string name = string.Create(CultureInfo.InvariantCulture, $"{frames} frames");
            double worst = probe.Quantile(1, From, To);

            bench.LawBetween($"round trip under load, {name}", worst, frames == 5 ? idle : full * 0.85, full, "ms", "base + queue ÷ rate: the queue is full before a loss tells (RFC 7567, 1)");
            bench.Measure($"median round trip under load, {name}", probe.Quantile(0.5, From, To), "ms");
            if (frames > 5)
            {
                bench.LawBetween($"round trips a minute under load, {name}", 60_000 / worst, 60_000 / full, 60_000 / full * 1.1, "RPM", "60,000 ÷ ms (draft-ietf-ippm-responsiveness)");
            }
            double goodput = flow.Goodput(From, To);
            rates.Add(goodput);
            bench.LawBetween($"goodput, {name}", goodput / 1e6, RateBits * (frames == 5 ? 0.85 : 0.92) / 1e6, RateBits / 1e6, "Mbit/s", "5 frames are more than the path's 3: the line never runs dry for long");
            lines.Add(new LineLayer([.. probe.Answers.Select(a => new Point(a.At.TotalSeconds(), a.RoundTrip.TotalMilliseconds))]) { Name = name });
            if (frames == 100)
            {
                bench.Picture("queue", "100 frames: what the transfer does to the queue", () => FlowCharts.Windows(flow, true), () => FlowCharts.Queue(up));
            }
        }

        bench.LawBetween("what 100 frames gain over 20", rates[0] / rates[1], 0.97, 1.03, "times", "nothing: a queue beyond the bandwidth-delay product holds no more of the link (RFC 7567, 1)");
        bench.Picture("round-trips", "Round trips beside one transfer: 10 Mbit/s, 4 ms", () => new Chart("the probe's round trip", new Axis("time", "s"), new Axis("round trip", "ms") { Min = 0 }, lines));
    }

    private static (LabFlow Flow, LabProbe Probe, LabLink Up) Try(Bench bench, int frames)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        (LabLink up, _) = network.Connect(client, server, string.Create(CultureInfo.InvariantCulture, $"delay={bench.Get(RoundTrip).TotalMilliseconds / 2}ms,up.rate=10M,up.queue={frames * Frame}"));

        // 1,500 bytes with all headers: 20 IP, 8 UDP, 20 TCP, 1,452 of options and payload.
        LabFlow flow = network.Tcp(client, server, new ConnectionOptions { MaxSegmentSize = 1_452, ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20 }, keepsLog: frames == 100 && bench.WantsPictures);
        flow.SendForever();
        LabProbe probe = network.Probe(client, server, TimeSpan.FromMilliseconds(20));
        network.RunUntil(To);
        return (flow, probe, up);
    }

    public override string Explanation =>
        "A sender that goes by loss fills whatever queue there is: the loss comes only when it is full. 100 frames at 10 Mbit/s are 120 ms, 30 times the path's own round trip, for everybody who shares the link. The transfer gains nothing by it: beyond the bandwidth-delay product, 5 kB here, a longer queue only waits longer. "
        + "Responsiveness in round trips a minute falls from 15,000 to about 484; with 20 frames it is some 2,143.";

    public override IReadOnlyList<string> Sources => ["RFC 7567, 1", "RFC 8289, 1", "draft-ietf-ippm-responsiveness"];
}
