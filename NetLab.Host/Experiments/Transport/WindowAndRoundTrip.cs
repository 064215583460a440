using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>No more than a window is on its way in a round trip.</summary>
internal sealed class WindowAndRoundTrip : Experiment
{
    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "5ms", "200ms");
    private static readonly Parameter<long> Rate = Parameter.Rate("rate", "the link's rate", "100M", 1_000_000, 1_000_000_000);

    public override string Name => "window";

    public override string Title => "Window and round trip";

    public override double TypicalSeconds => 0.6;

    public override string Summary => "The receive window grows from 1 KiB to 4 MiB on a path without loss.";

    public override string Question =>
        "A link of 100 Mbit/s with a round trip of 40 ms loses nothing. The receiver's window is 1 KiB, 4 KiB … 4 MiB. Draw throughput over window. Where is the knee?";

    public override IReadOnlyList<Parameter> Parameters => [Delay, Rate];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("no window scaling") { Options = o => o with { WindowScaling = false } },
        new("the link is slower than said") { Link = d => d with { Delay = d.Delay * 1.2 } },
    ];

    public override void Run(Bench bench)
    {
        double roundTrip = 2 * bench.Get(Delay).TotalSeconds;
        long rate = bench.Get(Rate);
        double product = rate * roundTrip / 8;
        var got = new List<Point>();
        for (int window = 1 << 10; window <= 4 << 20; window *= 4)
        {
            double goodput = Try(bench, window);
            got.Add(new Point(window, goodput / 1e6));
            string name = string.Create(CultureInfo.InvariantCulture, $"window {window >> 10} KiB");

            // Whole segments only, and what a segment takes on the line: the rest of the window is never on its way.
            if (window < product * 0.8)
            {
                bench.Law(name, goodput / 1e6, 8 * window / roundTrip / 1e6, 0.02, "Mbit/s", "W ÷ RTT (RFC 9293, 3.8.6)");
            }
            else if (window > product * 1.5)
            {
                bench.LawBetween(name, goodput / 1e6, rate * 0.93 / 1e6, rate / 1e6, "Mbit/s", "the link's rate, less what headers take");
            }
            else
            {
                bench.Measure(name, goodput / 1e6, "Mbit/s");
            }
        }

        bench.Measure("bandwidth-delay product", product / 1024, "KiB");
        bench.Picture("knee", "Throughput over window", () => new Chart(FormattableString.Invariant($"{rate / 1e6:0.#} Mbit/s, {roundTrip * 1e3:0.#} ms, no loss"), new Axis("receive window", "bytes") { IsLogarithmic = true }, new Axis("goodput", "Mbit/s") { IsLogarithmic = true, Min = 0.1, Max = 200 },
        [
            new LineLayer(got) { Name = "measured", HasMarks = true },
            new LineLayer([new Point(1 << 10, 8 * (1 << 10) / roundTrip / 1e6), new Point(product, rate / 1e6)]) { Name = "W ÷ RTT", IsReference = true },
            new LineLayer([new Point(product, rate / 1e6), new Point(4 << 20, rate / 1e6)]) { Name = "the link's rate", IsReference = true },
        ]));
    }

    private static double Try(Bench bench, int window)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        (LabLink up, LabLink down) = network.Connect(client, server, $"delay={bench.Get(Delay).TotalMilliseconds}ms,up.rate={bench.Get(Rate)},queue=8M");

        (up.KeepsLog, down.KeepsLog) = (false, false);

        // Every segment is acknowledged at once: what is measured is the window, and not how long an ACK waits for company. The window is
        // a whole number of segments, as a part of one would never be used (RFC 9293, 3.8.6.2.1).
        int segments = window / 1024;
        var options = new ConnectionOptions { MaxSegmentSize = 1024 + 12, Pacing = false, SendBufferSize = 8 << 20, DelayedAcknowledgment = TimeSpan.Zero };
        LabFlow flow = network.Tcp(client, server, options, options with { ReceiveBufferSize = segments * 1024 }, keepsLog: false);
        flow.SendForever();
        network.RunUntil(TimeSpan.FromSeconds(3));
        return flow.Goodput(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3));
    }

    public override string Explanation =>
        "A sender may have no more on its way than the receiver has room for, and hears of new room a round trip later: W ÷ RTT, whatever the link could carry. The knee is where the window holds what the link holds, the bandwidth-delay product: "
        + "100 Mbit/s · 40 ms = 488 KiB. The 64 KiB that fit in the header's 16 bits would stop at 13 Mbit/s: that is what window scaling is for.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.8.6", "RFC 7323, 2"];
}
