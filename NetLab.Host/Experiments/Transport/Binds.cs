using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>When the receiver's window binds, the congestion algorithm does not matter.</summary>
internal sealed class Binds : Experiment
{
    private static readonly Parameter<TimeSpan> RoundTrip = Parameter.Duration("round-trip", "the path's round trip", "100ms", "20ms", "1s");
    private static readonly Parameter<long> Buffer = Parameter.Size("buffer", "the receiver's buffer", "64K", 16 << 10, 16 << 20);

    public override string Name => "binds";

    public override string Title => "What binds";

    public override double TypicalSeconds => 0.3;

    public override string Summary => "Reno, CUBIC and BBR on 100 Mbit/s and a round trip of 100 ms, with a receive buffer of 64 KiB.";

    public override string Question =>
        "A course compares three algorithms on a long path and finds that they are equally good. The receiver's buffer was left at 64 KiB. What throughput does each get, and what should the course have concluded?";

    public override IReadOnlyList<Parameter> Parameters => [RoundTrip, Buffer];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("BBR goes by losses, with a buffer of 8 MiB") { Options = o => o.Congestion == CongestionAlgorithm.Bbr ? o with { Congestion = CongestionAlgorithm.NewReno, ReceiveBufferSize = 8 << 20 } : o },
        new("a buffer of 8 MiB") { Options = o => o with { ReceiveBufferSize = 8 << 20 } },
    ];

    public override void Run(Bench bench)
    {
        double expected = 8.0 * bench.Get(Buffer) / bench.Get(RoundTrip).TotalSeconds / 1e6;
        var shares = new List<(string Name, double Receive, double Pacing, double Other)>();
        foreach (CongestionAlgorithm algorithm in new[] { CongestionAlgorithm.NewReno, CongestionAlgorithm.Cubic, CongestionAlgorithm.Bbr })
        {
            string name = algorithm == CongestionAlgorithm.NewReno ? "Reno" : algorithm == CongestionAlgorithm.Cubic ? "CUBIC" : "BBR";
            LabNetwork network = bench.NewNetwork();
            (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
            (LabLink up, LabLink down) = network.Connect(client, server, string.Create(CultureInfo.InvariantCulture, $"delay={bench.Get(RoundTrip).TotalMilliseconds / 2}ms,up.rate=100M,up.queue=2M"));
            (up.KeepsLog, down.KeepsLog) = (false, false);
            var options = new ConnectionOptions { Congestion = algorithm, SendBufferSize = 16 << 20, ReceiveBufferSize = (int)bench.Get(Buffer) };
            LabFlow flow = network.Tcp(client, server, options, keepsLog: false);
            flow.SendForever();
            network.RunUntil(TimeSpan.FromSeconds(20));
            double goodput = flow.Goodput(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)) / 1e6;
            bench.LawBetween($"{name}: goodput", goodput, expected * 0.9, expected * 1.01, "Mbit/s", "W ÷ RTT, whatever the algorithm (RFC 9293, 3.8.6)");
            FlowLimits limits = flow.Limits();
            bench.LawBetween($"{name}: time bound by the congestion window", limits.CongestionWindow, 0, 5, "%", "the event log: what the sender waited for");
            if (algorithm != CongestionAlgorithm.Bbr)
            {
                bench.LawBetween($"{name}: time bound by the receive window", limits.ReceiveWindow, 80, 100, "%", "the event log: what the sender waited for");
            }
            else
            {
                // It paces at the rate it has seen, which is the window's.
                bench.LawBetween($"{name}: by the receive window, or pacing at its rate", limits.ReceiveWindow + limits.Pacing, 80, 100, "%", "the event log: what the sender waited for");
            }

            shares.Add((name, limits.ReceiveWindow, limits.Pacing, 100 - limits.ReceiveWindow - limits.Pacing));
        }

        bench.Picture("binds", "What the sender waited for", () => new Chart("share of the time", new Axis("", "") { Categories = [.. shares.Select(s => s.Name)] }, new Axis("time", "%") { Min = 0, Max = 100 },
        [
            new MarkLayer(MarkShape.Square, [.. shares.Select((s, i) => new Point(i, s.Receive))]) { Name = "the receive window" },
            new MarkLayer(MarkShape.Triangle, [.. shares.Select((s, i) => new Point(i, s.Pacing))]) { Name = "pacing" },
            new MarkLayer(MarkShape.Ring, [.. shares.Select((s, i) => new Point(i, s.Other))]) { Name = "anything else" },
        ]));
    }

    public override string Explanation =>
        "All three wait for the receiver: 64 KiB a round trip of 100 ms is 5 Mbit/s, on a link of 100. The congestion window is far larger and is never looked at. Nothing was measured about the algorithms. The event log says so at a glance: per cent of the time that each limit was the one that held.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.8.6", "RFC 7323, 2"];
}
