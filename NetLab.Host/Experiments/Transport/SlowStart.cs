using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Ten, twenty, forty: the window doubles each round trip, until the queue says stop.</summary>
internal sealed class SlowStart : Experiment
{
    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "50ms", "10ms", "200ms");
    private static readonly Parameter<long> Rate = Parameter.Rate("rate", "the link's rate in the second part", "50M", 5_000_000, 200_000_000);

    public override string Name => "slow-start";

    public override string Title => "Slow start";

    public override double TypicalSeconds => 0.5;

    public override string Summary => "A long transfer begins: first on a link without limit, then on one with a queue.";

    public override string Question =>
        "The first flight is 10 segments. How many are in the 2nd, 3rd and 4th round trip? And on a link with a rate: does the sender have to lose segments before it stops doubling?";

    public override IReadOnlyList<Parameter> Parameters => [Delay, Rate];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("every second ACK is lost") { Link = d => d with { Drops = [.. d.Drops, .. Enumerable.Range(1, 60).Select(i => new Udp.Links.ScriptedDrop("ACK", 2 + (2 * i)))] } },
        new("the peer's window is 8 KiB") { Options = o => o with { ReceiveBufferSize = 8 << 10 } },
        new("HyStart++ is off") { Options = o => o with { Without = o.Without | Ablations.HyStart } },
    ];

    public override void Run(Bench bench)
    {
        TimeSpan delay = bench.Get(Delay);
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms");
        var options = new ConnectionOptions { Pacing = false, DelayedAcknowledgment = TimeSpan.Zero, ReceiveBufferSize = 8 << 20, Congestion = CongestionAlgorithm.NewReno };
        LabFlow flow = network.Tcp(client, server, options);
        flow.SendForever();
        network.RunUntil(delay * 12);
        for (int round = 0; round < 4; round++)
        {
            // A flight leaves when the handshake, or the ACKs of the one before, have come: at 1, 2, 3 round trips.
            TimeSpan from = (delay * (2 + (2 * round))) - (delay * 0.5);
            int sent = flow.ClientEnd.Sent.Count(s => s.PayloadLength > 0 && s.At.SinceOrigin >= from && s.At.SinceOrigin < from + (delay * 2));
            bench.Law(string.Create(CultureInfo.InvariantCulture, $"segments in round trip {round + 1}"), sent, 10 << round, 0.0, "", "10 at first (RFC 6928), and one more for each acknowledged (RFC 5681, 3.1)");
        }

        LabNetwork narrow = bench.NewNetwork();
        (LabHost left, LabHost right) = (narrow.Host("sender"), narrow.Host("receiver"));
        double product = bench.Get(Rate) * 2 * delay.TotalSeconds / 8;
        (LabLink up, _) = narrow.Connect(left, right, string.Create(CultureInfo.InvariantCulture, $"delay={delay.TotalMilliseconds}ms,up.rate={bench.Get(Rate)},up.queue={(long)(10 * product)}"));
        LabFlow limited = narrow.Tcp(left, right, options with { Pacing = true, ReceiveBufferSize = 64 << 20, SendBufferSize = 64 << 20, Congestion = CongestionAlgorithm.Cubic });
        limited.SendForever();
        narrow.RunUntil(delay * 120);
        long atFirstThreshold = limited.ClientEnd.Samples.FirstOrDefault(s => s.Metrics.SlowStartThreshold is not null).Metrics.CongestionWindow;
        bench.Law("lost in the first 120 delays", up.Events.Count(e => e.IsDropped), 0, 0, "segments", "HyStart++ sees the round trip grow and leaves first (RFC 9406, 4.2)");
        bench.LawBetween("window when it ended", atFirstThreshold / product, 1, 11, "BDP", "the queue has begun to fill, and has not overflowed");
        bench.Picture("doubling", "10, 20, 40, 80: a link without limit", () => SequenceGraph.Of(flow, to: delay * 9));
        bench.Picture("windows", "HyStart++ leaves slow start before the queue overflows", () => FlowCharts.Windows(limited, true), () => FlowCharts.RoundTrips(limited), () => FlowCharts.Queue(up));
    }

    public override string Explanation =>
        "Each acknowledged segment allows two new ones, so a flight is twice the one before: after k round trips 10·2^k. Left to itself that overruns any queue by a whole window. HyStart++ watches the round trip: when it has grown by an eighth "
        + "while the window is large, it goes on more carefully for some rounds and then leaves slow start for good, before anything is lost, if the queue holds what it adds meanwhile: five rounds of a quarter are three times the window (RFC 9406, 4.2), so here a queue of ten bandwidth-delay products is enough and one of four is not.";

    public override IReadOnlyList<string> Sources => ["RFC 6928", "RFC 5681, 3.1", "RFC 9406"];
}
