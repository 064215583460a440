using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>A window that opened, and the news of it lost.</summary>
internal sealed class Persist : Experiment
{
    private const int Bytes = 200_000;
    private const string NoLoss = "the window update arrives";
    private static readonly TimeSpan WakesAt = TimeSpan.FromSeconds(2);

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "200ms");

    public override string Name => "persist";

    public override string Title => "The persist timer";

    public override string Summary => "The reader sleeps for two seconds, the window closes; when it reads again, the window update is lost.";

    public override string Question =>
        "The receiver has told the sender that its window is 0. It reads, tells of new room, and that one ACK is lost. ACKs are not acknowledged. Who speaks next?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new(NoLoss) { IsOwn = true },
        new("no persist timer") { Options = o => o with { Without = o.Without | Ablations.PersistTimer } },
    ];

    public override void Run(Bench bench)
    {
        LabFlow with = Try(bench, Ablations.None, out TimeSpan? done);
        LabFlow without = Try(bench, Ablations.PersistTimer, out TimeSpan? never);

        bench.LawTrue("with the timer all bytes arrive", with.Delivered == Bytes && done is not null, "a window probe asks, and its answer tells (RFC 9293, 3.8.6.1)");
        bench.LawBetween("with it: done", done?.TotalSeconds ?? double.NaN, WakesAt.TotalSeconds, WakesAt.TotalSeconds + 4, "s", "probes at growing intervals, the first after an RTO (RFC 9293, 3.8.6.1)");
        bench.LawTrue("without it both wait for ever", never is null && without.Client.CloseReason is null, "the sender waits for room, the receiver for data: deadlock");
        bench.Measure("window probes", with.Client.Connection?.Statistics.WindowProbes ?? 0);
        bench.Picture("sequence", "The window closes, and its opening is lost", () => SequenceGraph.Of(with));
    }

    private static LabFlow Try(Bench bench, Ablations without, out TimeSpan? done)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        (_, LabLink down) = network.Connect(client, server, $"delay={bench.Get(Delay).TotalMilliseconds}ms");
        var options = new ConnectionOptions { Without = without, ReceiveBufferSize = 64 << 10 };
        LabFlow flow = network.Tcp(client, server, options);
        flow.OnAccepted = accepted => accepted.ReadsAtOnce = false;
        flow.Send(Bytes);
        network.At(WakesAt, () =>
        {
            // The link goes dark for as long as it takes to lose what is said now, and no longer.
            down.Direction = down.Direction with { Loss = bench.IsBroken(NoLoss) ? 0 : 1 };
            flow.Server!.Read(flow.Server.Unread);
            flow.Server.ReadsAtOnce = true;
            network.In(TimeSpan.FromMilliseconds(1), () => down.Direction = down.Direction with { Loss = 0 });
        });
        bool all = network.RunUntil(() => flow.Delivered == Bytes, TimeSpan.FromMinutes(5));
        done = all ? network.Now : null;
        return flow;
    }

    public override string Explanation =>
        "An ACK that only opens the window carries no data, so nobody sends it again when it is lost. Then the sender waits for room and the receiver for data, for ever. The persist timer breaks that: a sender whose window is closed asks from time to time with a byte, "
        + "and whatever the answer, it carries the window.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.8.6.1"];
}
