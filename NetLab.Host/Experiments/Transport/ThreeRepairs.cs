using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>A loss is found by what comes after it, by a probe, or by the clock.</summary>
internal sealed class ThreeRepairs : Experiment
{
    private const int Segments = 100;

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "10ms", "5ms", "40ms");
    private static readonly Parameter<int> Hole = Parameter.Count("hole", "which of the 100 segments is lost in the middle", 20, 2, 80);

    public override string Name => "three-repairs";

    public override string Title => "Three ways to notice a loss";

    public override string Summary => "Of 100 segments the 20th is lost; then the last; then the last with nothing but the retransmission timer.";

    public override string Question =>
        "A segment in the middle is lost, or the very last one. Who tells the sender, and how long does each take, in round trips? What changes when the sender has only its timer?";

    public override IReadOnlyList<Parameter> Parameters => [Delay, Hole];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("no fast retransmission") { Options = o => o with { Without = o.Without | Ablations.FastRetransmission } },
        new("no tail loss probe") { Options = o => o with { Without = o.Without | Ablations.TailLossProbe } },
        new("the timer waits 3 s at least") { Options = o => o with { MinRetransmissionTimeout = TimeSpan.FromSeconds(3) } },
    ];

    public override void Run(Bench bench)
    {
        double roundTrip = 2 * bench.Get(Delay).TotalSeconds;
        LabFlow middle = Try(bench, bench.Get(Hole), Ablations.None);
        LabFlow tail = Try(bench, Segments, Ablations.None);
        LabFlow clock = Try(bench, Segments, Ablations.TailLossProbe | Ablations.FastRetransmission);

        bench.LawBetween("a hole in the middle, since it was sent", Repair(middle) / roundTrip, 1, 1.35, "RTT", "duplicate ACKs with SACK, and what RACK allows for reordering (RFC 6675, 5; RFC 8985, 6.2)");
        bench.LawBetween("the last one, since the last ACK", Silence(tail) / roundTrip, 1.9, 2.2, "RTT", "a tail loss probe after 2 SRTT (RFC 8985, 7.2)");
        bench.LawBetween("the clock alone, since the last ACK", Silence(clock), 0.19, 0.25, "s", "RTO = SRTT + 4·RTTVAR, and no less than 200 ms, as in kernels; 1 s by RFC 6298, 2.4");
        bench.LawTrue("each way is slower than the one before", Repair(middle) < Repair(tail) && Repair(tail) < Repair(clock), "what comes after it tells first, then the probe, then the clock");
        bench.Picture("sequence", "A hole in the middle: 100 segments, one lost", () => SequenceGraph.Of(middle));
        bench.Picture("tail", "The last segment lost: a probe finds it", () => SequenceGraph.Of(tail));
        bench.Picture("clock", "The last segment lost: only the timer finds it", () => SequenceGraph.Of(clock));
    }

    // From when it was sent to when it was sent again.
    private static double Repair(LabFlow flow)
    {
        SegmentRecord? again = flow.ClientEnd.Sent.FirstOrDefault(s => s.IsRetransmission && s.PayloadLength > 0);
        SegmentRecord? first = again is null ? null : flow.ClientEnd.Sent.FirstOrDefault(s => s.End >= again.End && s.PayloadLength > 0);
        return first is null ? double.NaN : (again!.At - first.At).TotalSeconds;
    }

    // From the last acknowledgment that came to when something was sent again.
    private static double Silence(LabFlow flow)
    {
        SegmentRecord? again = flow.ClientEnd.Sent.FirstOrDefault(s => s.IsRetransmission && s.PayloadLength > 0);
        SegmentRecord? heard = again is null ? null : flow.ClientEnd.Received.LastOrDefault(s => s.At < again.At);
        return heard is null ? double.NaN : (again!.At - heard.At).TotalSeconds;
    }

    private static LabFlow Try(Bench bench, int lost, Ablations without)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={bench.Get(Delay).TotalMilliseconds}ms,up.drop=DATA#{lost}");
        var options = new ConnectionOptions { Without = without, Pacing = false, DelayedAcknowledgment = TimeSpan.Zero };
        LabFlow flow = network.Tcp(client, server, options);
        flow.Send(Segments * (options.MaxSegmentSize - 12));
        network.RunUntil(() => flow.Client.Acknowledged == Segments * (options.MaxSegmentSize - 12), TimeSpan.FromSeconds(30));
        return flow;
    }

    public override string Explanation =>
        "Behind a hole in the middle, segments go on arriving: each of their ACKs says with SACK what is missing, and after one round trip (and a quarter that RACK waits for mere reordering) the hole is sent again. "
        + "Behind the last segment nothing comes. A tail loss probe asks after two round trips by sending the last again. Without either, only the retransmission timer is left; on fast paths its floor of 200 ms is many round trips.";

    public override IReadOnlyList<string> Sources => ["RFC 6675, 5", "RFC 8985, 6 and 7", "RFC 6298, 2"];
}
