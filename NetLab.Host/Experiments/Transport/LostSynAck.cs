using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Events;

namespace NetLab.Host.Experiments.Transport;

/// <summary>The second segment of the handshake is lost.</summary>
internal sealed class LostSynAck : Experiment
{
    private const string Anew = "the client's program tries anew after a second";

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "400ms");

    public override string Name => "lost-syn-ack";

    public override string Title => "A lost SYN_ACK";

    public override string Summary => "The server's answer to the SYN is lost once.";

    public override string Question =>
        "The link takes 20 ms each way and loses the first SYN_ACK. Who notices first, and when is the client connected? How many SYNs and SYN_ACKs are on the wire, "
        + "and how many connections has the server in the end?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("the first timeout is 3 s, as before RFC 6298") { Options = o => o with { InitialRetransmissionTimeout = TimeSpan.FromSeconds(3) } },
        new(Anew) { IsOwn = true },
        new("nothing is lost") { Link = d => d with { Drops = [] } },
    ];

    public override void Run(Bench bench)
    {
        TimeSpan delay = bench.Get(Delay);
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms,down.drop=SYN_ACK#1");

        int accepted = 0;
        LabFlow flow = network.Tcp(client, server);
        flow.OnAccepted = _ => accepted++;
        if (bench.IsBroken(Anew))
        {
            network.At(TimeSpan.FromSeconds(1), () => network.Tcp(client, server).OnAccepted = _ => accepted++);
        }

        network.RunUntil(TimeSpan.FromSeconds(10));

        double roundTrip = 2 * delay.TotalSeconds;
        bench.Law("client established", flow.ClientEnd.Reached(ConnectionState.Established)?.TotalSeconds ?? double.NaN, 1 + roundTrip, 0.002, "s", "RTO + RTT, with an RTO of 1 s before any measurement (RFC 6298, 2.1)");
        bench.Law("SYNs sent", flow.ClientEnd.SentOf("SYN"), 2, 0, "", "one, and one more after the RTO (RFC 9293, 3.8.1)");
        bench.LawBetween("SYN_ACKs sent", flow.ServerEnd.SentOf("SYN_ACK"), 2, 3, "", "each SYN is answered; the server's own timer may answer once more (RFC 9293, 3.10.7.4)");
        bench.Law("connections at the server", accepted, 1, 0, "", "both SYNs have the same ports and the same number (RFC 9293, 3.4)");
        bench.Ladder("All segments", flow.Ladder());
        bench.Picture("ladder", "The first SYN_ACK is lost", () => LadderChart.Of(flow));
    }

    public override string Explanation =>
        "Neither end can know yet how long a round trip takes, so both wait the second that RFC 6298 starts with. The client's SYN goes again, the server sees that it "
        + "knows it, and answers it again: a repeated SYN is no second connection, since its ports and its sequence number are those of the first. This second is what a lost handshake "
        + "segment costs on every network, however fast.";

    public override IReadOnlyList<string> Sources => ["RFC 6298, 2.1 and 5.7", "RFC 9293, 3.5 and 3.8.1"];
}
