using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.Transport;

/// <summary>A flood of SYNs from senders that do not exist, with cookies and without.</summary>
internal sealed class SynFlood : Experiment
{
    private const int Honest = 50;

    private static readonly Parameter<int> Backlog = Parameter.Count("backlog", "half-open connections that the server keeps", 128, 1, 10_000);
    private static readonly Parameter<int> Peers = Parameter.Count("peers", "SYNs of made-up peers, each second", 1_000, 1, 20_000);

    public override string Name => "syn-flood";

    public override string Title => "A flood of SYNs";

    public override double TypicalSeconds => 0.4;

    public override string Summary => "1,000 made-up peers a second send a SYN and nothing else; 50 honest clients try to connect meanwhile.";

    public override string Question =>
        "The server keeps 128 half-open connections. What share of honest clients gets in within 3 s, when a full backlog drops SYNs, and when it answers them with a cookie? What does a cookie not remember?";

    public override IReadOnlyList<Parameter> Parameters => [Backlog, Peers];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("no cookies at all") { Options = o => o with { Without = o.Without | Ablations.SynCookies } },
        new("nobody floods") { IsOwn = true },
    ];

    public override void Run(Bench bench)
    {
        (double without, _, double?[] waitedWithout) = Try(bench, Ablations.SynCookies, true);
        (double with, SimulatedEndpoint server, double?[] waited) = Try(bench, Ablations.None, true);
        (double stampless, SimulatedEndpoint forgetful, _) = Try(bench, Ablations.None, false);

        bench.LawBetween("honest clients connected, no cookies", without, 0, 0.1, "", "the backlog is always full of those who never answer (RFC 4987, 3.1)");
        bench.Law("honest clients connected, cookies", with, 1, 0, "", "a SYN that is answered by a cookie takes no place (RFC 4987, 3.6)");
        bench.LawTrue("cookies were accepted", server.Statistics.CookiesAccepted > 0, "the ACK brings back what the server did not keep");
        bench.LawTrue("a cookie with timestamps keeps window scaling", server.Connections > 0 && Scales(bench, true), "scale and SACK are kept in the timestamp's low bits, as in Linux");
        bench.LawTrue("a cookie without them does not", forgetful.Connections > 0 && !Scales(bench, false), "24 bits of sequence number hold the MSS and no more (RFC 4987, 3.6)");
        bench.Measure("connected without timestamps", stampless * 100, "%");
        bench.Measure("cookies sent", server.Statistics.CookiesSent);
        bench.Picture("connects", "How long honest clients take to connect", () => new Chart("1,000 made-up SYNs a second; at 10 s: not at all", new Axis("honest client, in their order", ""), new Axis("time", "s") { Min = 0, Max = 10.5 },
        [
            new MarkLayer(MarkShape.Dot, [.. waited.Select((w, i) => new Point(i + 1, w ?? 10))]) { Name = "with cookies" },
            new MarkLayer(MarkShape.Cross, [.. waitedWithout.Select((w, i) => new Point(i + 1, w ?? 10))]) { Name = "without" },
        ]));
    }

    private static (double Share, SimulatedEndpoint Server, double?[] Waited) Try(Bench bench, Ablations without, bool timestamps)
    {
        LabNetwork network = bench.NewNetwork();
        LabHost attacker = network.Host("attacker");
        LabHost client = network.Host("client");
        LabHost host = network.Host("server");
        network.Connect(attacker, host, "delay=5ms");
        network.Connect(client, host, "delay=5ms");
        SimulatedEndpoint server = network.Machine(host);
        server.Listen(network.Prepare(new ConnectionOptions { Without = without, Timestamps = timestamps }), stream => stream.KeepsReceived = false, bench.Get(Backlog));
        if (!bench.IsBroken("nobody floods"))
        {
            Flood(network, attacker, host, server, bench.Get(Peers), bench.NewRandom());
        }

        var clients = new List<SimulatedStream>();
        var openedAt = new List<TimeSpan>();
        var doneAt = new TimeSpan?[Honest];
        for (int i = 0; i < Honest; i++)
        {
            int index = i;
            SimulatedEndpoint machine = network.Machine(client, (ushort)(10_000 + i));
            network.Join(client, machine, host, server);
            network.At(TimeSpan.FromSeconds(2 + (i * 0.1)), () =>
            {
                openedAt.Add(network.Now);
                clients.Add(machine.Connect(server.Host.Address, network.Prepare(new ConnectionOptions { Timestamps = timestamps })));
                clients[index].Write(new byte[10]);
            });
        }

        network.RunUntil(
            () =>
            {
                for (int i = 0; i < clients.Count; i++)
                {
                    doneAt[i] ??= clients[i].Acknowledged >= 10 ? network.Now : null;
                }

                return false;
            },
            TimeSpan.FromSeconds(12));
        int inTime = Enumerable.Range(0, clients.Count).Count(i => doneAt[i] - openedAt[i] <= TimeSpan.FromSeconds(3));
        return ((double)inTime / Honest, server, [.. Enumerable.Range(0, clients.Count).Select(i => (doneAt[i] - openedAt[i])?.TotalSeconds)]);
    }

    // Addresses to which nothing leads back, and a port of its own for each SYN.
    private static void Flood(LabNetwork network, LabHost attacker, LabHost host, SimulatedEndpoint server, int peers, Random random)
    {
        TimeSpan interval = TimeSpan.FromSeconds(1.0 / peers);
        byte[] buffer = new byte[64];
        VirtualHost[] madeUp = [.. Enumerable.Range(0, 50).Select(_ => network.OneWay(attacker, host, server.Host))];
        void Next()
        {
            SendSyn(madeUp[random.Next(madeUp.Length)], server, random, buffer);
            if (network.Now < TimeSpan.FromSeconds(12))
            {
                network.In(interval, Next);
            }
        }

        Next();
    }

    private static void SendSyn(VirtualHost from, SimulatedEndpoint server, Random random, byte[] buffer)
    {
        var syn = new SegmentHeader
        {
            SourcePort = (ushort)random.Next(1_024, 65_536),
            DestinationPort = (ushort)server.Host.Address.Port,
            Sequence = new SequenceNumber((uint)random.NextInt64(1L << 32)),
            Flags = SegmentFlags.Syn,
            Window = 65_535,
            Options = new SegmentOptions { MaxSegmentSize = 1_400, SackPermitted = true, WindowScale = 7, Timestamps = new SegmentTimestamps((uint)random.Next(), 0) },
        };
        Span<byte> segment = buffer.AsSpan(0, SegmentWriter.SizeOf(syn.Options));
        SegmentWriter.Write(segment, syn);
        from.Send(segment, server.Host.Address);
    }

    // A client that finds the backlog full, alone: whether its connection has a scaled window.
    private static bool Scales(Bench bench, bool timestamps)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost host) = (network.Host("client"), network.Host("server"));
        network.Connect(client, host, "delay=5ms");
        SimulatedEndpoint server = network.Machine(host);
        var options = new ConnectionOptions { Timestamps = timestamps, ReceiveBufferSize = 1 << 20 };
        SimulatedStream? accepted = null;
        server.Listen(network.Prepare(options), stream => accepted ??= stream, 1);
        if (!bench.IsBroken("nobody floods"))
        {
            SendSyn(network.OneWay(client, host, server.Host), server, bench.NewRandom(), new byte[64]);
        }

        network.RunUntil(TimeSpan.FromSeconds(0.1));
        SimulatedEndpoint machine = network.Machine(client, 10_000);
        network.Join(client, machine, host, server);
        SimulatedStream stream = machine.Connect(server.Host.Address, network.Prepare(options));
        stream.Write(new byte[10]);

        // The window of a SYN_ACK is never scaled (RFC 7323, 2.2): the first ACK after it tells.
        network.RunUntil(() => stream.Acknowledged == 10, TimeSpan.FromSeconds(5));
        return stream.Connection is { } connection && connection.Metrics.SendWindow > 65_535;
    }

    public override bool HasChance => true;

    public override string Explanation =>
        "A half-open connection costs memory, so there are only so many, and each waits for minutes for an ACK that a made-up peer never sends: honest SYNs find no place. A SYN cookie puts what has to be remembered into the SYN_ACK's sequence number, and keeps nothing: whoever brings it back is real. "
        + "What does not fit is forgotten: without timestamps there is no place for window scale and SACK.";

    public override IReadOnlyList<string> Sources => ["RFC 4987, 3", "RFC 7323, 5.4"];
}
