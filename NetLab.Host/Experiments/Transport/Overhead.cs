using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>What headers leave of a line.</summary>
internal sealed class Overhead : Experiment
{
    private const double LineBits = 100e6;

    // Ethernet: preamble and start 8, addresses and type 14, check sequence 4, gap 12 (IEEE 802.3, 3.1.1 and 4.4.2).
    private const int EthernetBytes = 8 + 14 + 4 + 12;
    private const int Mtu = 1_500;

    private static readonly int[] Packets = [200, 300, 576, 900, 1_200];

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "2ms", "1ms", "50ms");

    public override string Name => "overhead";

    public override string Title => "What headers leave";

    public override double TypicalSeconds => 0.3;

    public override string Summary => "A transfer over Ethernet of 100 Mbit/s without loss: what part of the line is the application's.";

    public override string Question =>
        "Full frames of 1,500 bytes on Ethernet. What part of the line's bits are payload, when TCP has timestamps: 100, 97, 94 or 90 %? And when each TCP segment travels in a UDP datagram?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("segments of 500 bytes") { Options = o => o with { MaxSegmentSize = 500 } },
        new("the queue holds two frames") { Link = d => d.Rate > 0 ? d with { Queue = 2 * Mtu } : d },
        new("the receiver's window is 16 KiB") { Options = o => o with { ReceiveBufferSize = 16 << 10 } },
    ];

    public override void Run(Bench bench)
    {
        (double share, long lost) = Try(bench, Mtu);
        double over = (Mtu - 20 - 8 - 20 - 12) * 100.0 / (Mtu + EthernetBytes);
        bench.Law("goodput over UDP, as here", share, over, 0.005, "%", "1440 ÷ 1538: 20 IP, 8 UDP, 20 TCP, 12 timestamps, 38 Ethernet (RFC 9293, 3.1; RFC 7323, 3.2)");
        bench.Law("and without the 8 bytes of UDP", share * (Mtu - 20 - 20 - 12) / (Mtu - 20 - 8 - 20 - 12), 1_448 * 100.0 / 1_538, 0.005, "%", "1448 ÷ 1538 = 94.15 %: plain TCP over IP");
        bench.Law("lost", lost, 0, 0, "", "none: the line is the limit, and not loss");
        bench.Picture("frames", "Goodput over the size of frames", () => new Chart("100 Mbit/s Ethernet", new Axis("IP packet", "bytes") { Min = 0, Max = 1_600 }, new Axis("goodput", "% of the line") { Min = 0, Max = 100 },
        [
            new MarkLayer(MarkShape.Dot, [.. Packets.Select(size => new Point(size, Try(bench, size).Share)), new Point(Mtu, share)]) { Name = "measured" },
            new LineLayer([.. Enumerable.Range(5, 76).Select(i => new Point(20 * i, Payload(20 * i) * 100.0 / (20 * i + EthernetBytes)))]) { Name = "payload ÷ (packet + 38)", IsReference = true },
        ]));
    }

    private static int Payload(int packet) => packet - 20 - 8 - 20 - 12;

    private static (double Share, long Lost) Try(Bench bench, int packet)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));

        // The link counts IP packets; Ethernet's own 38 bytes a frame are taken off its rate.
        double packets = LineBits * packet / (packet + EthernetBytes);
        (LabLink up, _) = network.Connect(client, server, FormattableString.Invariant($"delay={bench.Get(Delay).TotalMilliseconds}ms,up.rate={(long)packets},up.queue=256K"));
        up.KeepsLog = false;
        LabFlow flow = network.Tcp(client, server, new ConnectionOptions { MaxSegmentSize = packet - 20 - 8 - 20, ReceiveBufferSize = 200 << 10, SendBufferSize = 4 << 20 }, keepsLog: false);
        flow.SendForever();
        TimeSpan from = TimeSpan.FromSeconds(2);
        TimeSpan to = TimeSpan.FromSeconds(5);
        network.RunUntil(to);
        return (flow.Goodput(from, to) / LineBits * 100, up.Statistics.Lost + up.Statistics.QueueDrops);
    }

    public override string Explanation =>
        "Of 1,538 bytes that a full frame takes on the line, 1,448 are payload with TCP over IP and timestamps: 94.15 %, whatever the speed. NetLab's TCP travels in UDP, whose 8 bytes make it 93.63 %. "
        + "A transfer that measures 94 Mbit/s on Fast Ethernet has nothing left to win.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.1", "RFC 7323, 3.2", "RFC 894", "IEEE 802.3"];
}
