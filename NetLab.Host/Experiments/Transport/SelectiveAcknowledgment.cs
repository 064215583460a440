using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Several holes in one window, with SACK and without.</summary>
internal sealed class SelectiveAcknowledgment : Experiment
{
    private const int Window = 64;
    private static readonly int[] Holes = [1, 2, 4, 8];

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "50ms", "10ms", "200ms");

    public override string Name => "sack";

    public override string Title => "Holes in a window, with SACK and without";

    public override string Summary => "1, 2, 4 and 8 segments of one window are lost; the receiver may or may not say which ones it has.";

    public override string Question => "A window of 64 segments has k holes. How many round trips does it take until all is repaired, when the receiver can say what it has, and when it can only say how far it is whole?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("SACK is never offered") { Options = o => o with { Sack = false } },
        new("nothing is lost") { Link = d => d with { Drops = [] } },
    ];

    public override void Run(Bench bench)
    {
        double roundTrip = 2 * bench.Get(Delay).TotalSeconds;
        var with = new List<Point>();
        var without = new List<Point>();
        LabFlow? shown = null;
        LabFlow? shownWithout = null;
        foreach (int holes in Holes)
        {
            LabFlow sack = Try(bench, holes, true);
            LabFlow none = Try(bench, holes, false);
            with.Add(new Point(holes, Repair(sack) / roundTrip));
            without.Add(new Point(holes, Repair(none) / roundTrip));
            string k = string.Create(CultureInfo.InvariantCulture, $"{holes} {(holes == 1 ? "hole" : "holes")}");
            bench.LawBetween($"{k}, with SACK", with[^1].Y, 0.9, 2, "RTT", "all holes are known at once (RFC 6675, 5)");
            bench.LawBetween($"{k}, without", without[^1].Y, 0.9 * holes, holes + 1.1, "RTT", "a partial ACK a round trip shows one hole (RFC 6582, 3.2)");
            (shown, shownWithout) = (sack, none);
        }

        bench.Picture("sweep", "Time to repair a window with k holes", () => new Chart("from the first loss noticed to all repaired", new Axis("holes in the window", ""), new Axis("time", "RTT") { Min = 0 },
        [
            new LineLayer(with) { Name = "with SACK", HasMarks = true },
            new LineLayer(without) { Name = "without", HasMarks = true },
            new LineLayer([new Point(1, 1), new Point(8, 8)]) { Name = "k", IsReference = true },
        ]));
        bench.Picture("with", "8 holes with SACK", () => SequenceGraph.Of(shown!));
        bench.Picture("without", "8 holes without SACK", () => SequenceGraph.Of(shownWithout!));
    }

    // From the first retransmission to the acknowledgment of the last.
    private static double Repair(LabFlow flow)
    {
        SegmentRecord[] again = [.. flow.ClientEnd.Sent.Where(s => s.IsRetransmission)];
        if (again.Length == 0)
        {
            return double.NaN;
        }

        long last = again.Max(s => s.End);
        SegmentRecord? repaired = flow.ClientEnd.Received.FirstOrDefault(s => s.Acknowledged >= last);
        return repaired is null ? double.NaN : (repaired.At - again[0].At).TotalSeconds;
    }

    private static LabFlow Try(Bench bench, int holes, bool sack)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        string drops = string.Join(",", Enumerable.Range(0, holes).Select(i => string.Create(CultureInfo.InvariantCulture, $"DATA#{(2 * Window) + 4 + (6 * i)}")));
        network.Connect(client, server, $"delay={bench.Get(Delay).TotalMilliseconds}ms,up.drop={drops}");

        // The peer's window keeps the flight at so many segments, whatever the congestion window would allow.
        var options = new ConnectionOptions { Sack = sack, Pacing = false, Congestion = CongestionAlgorithm.NewReno };
        int segment = options.MaxSegmentSize - 12;
        LabFlow flow = network.Tcp(client, server, options, options with { ReceiveBufferSize = Window * segment });
        flow.Send(6 * Window * segment);
        network.RunUntil(() => flow.Client.Acknowledged == 6 * Window * segment, TimeSpan.FromSeconds(60));
        return flow;
    }

    public override string Explanation =>
        "With SACK the receiver names what it has, so the sender sees all holes in one round trip and fills them in that one. Without, an acknowledgment only says up to where the stream is whole: the sender repairs the first hole, "
        + "waits a round trip for the partial ACK that shows the next, and so on: k holes, k round trips.";

    public override IReadOnlyList<string> Sources => ["RFC 2018", "RFC 6675, 5", "RFC 6582, 3.2"];
}
