using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Events;

namespace NetLab.Host.Experiments.Transport;

/// <summary>The third segment of the handshake is lost.</summary>
internal sealed class LostAck : Experiment
{
    private const string GivesUp = "the client's program gives up after half a second";

    // What the client's program takes to have something to say, once it is connected: less, and its data would be the third segment.
    private static readonly TimeSpan Thinks = TimeSpan.FromMilliseconds(1);

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "200ms");

    public override string Name => "lost-ack";

    public override string Title => "A lost third segment";

    public override string Summary => "The ACK that completes the handshake is lost: once the client talks first, once the server does.";

    public override string Question =>
        "The client believes it is connected, the server does not: the third segment is lost. What does the server do with the first data that come? "
        + "And when it is the server that has to talk first, what gets them out of it: a RST, as many pages say?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("nothing is lost") { Link = d => d with { Drops = [] } },
        new("the first data are lost as well") { Link = d => d with { Drops = [.. d.Drops, new("DATA", 1)] } },
        new(GivesUp) { IsOwn = true },
        new("the SYN_ACK goes again after 3 s") { Options = o => o with { InitialRetransmissionTimeout = TimeSpan.FromSeconds(3) } },
    ];

    public override void Run(Bench bench)
    {
        TimeSpan delay = bench.Get(Delay);
        double there = delay.TotalSeconds;
        LabFlow clientFirst = Try(bench, delay, true);
        LabFlow serverFirst = Try(bench, delay, false);

        double firstData = clientFirst.ServerEnd.Received.FirstOrDefault(s => s.PayloadLength > 0)?.At.TotalSeconds() ?? double.NaN;
        bench.Law("client first: established with the first data", clientFirst.ServerEnd.Reached(ConnectionState.Established)?.TotalSeconds ?? double.NaN, firstData, 0.0001, "s", "data carry the same ACK (RFC 9293, 3.10.7.4)");
        bench.Law("client first: first data arrive", firstData, (3 * there) + Thinks.TotalSeconds, 0.001, "s", "no later than without the loss");
        bench.Law("server first: SYN_ACK again", serverFirst.ServerEnd.Sent.Where(s => s.Kind == "SYN_ACK").Skip(1).FirstOrDefault()?.At.TotalSeconds() ?? double.NaN, 1 + there, 0.01, "s", "RTO of 1 s after the first (RFC 6298, 2.1)");
        bench.Law("server first: established", serverFirst.ServerEnd.Reached(ConnectionState.Established)?.TotalSeconds ?? double.NaN, 1 + (3 * there), 0.01, "s", "RTO + 1.5 RTT: the repeated SYN_ACK is acknowledged again (RFC 9293, 3.10.7.4)");
        int resets = new[] { clientFirst, serverFirst }.Sum(f => f.ClientEnd.SentOf("RST") + f.ServerEnd.SentOf("RST"));
        bench.Law("resets", resets, 0, 0, "", "none: an ACK is not acknowledged, but what it says is said again");
        bench.Ladder("The client talks first", clientFirst.Ladder(6));
        bench.Ladder("The server talks first", serverFirst.Ladder(8));
        bench.Picture("client-first", "The third segment is lost, the client talks first", () => LadderChart.Of(clientFirst, 8));
        bench.Picture("server-first", "The third segment is lost, the server talks first", () => LadderChart.Of(serverFirst, 12));
    }

    private static LabFlow Try(Bench bench, TimeSpan delay, bool clientFirst)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms,up.drop=ACK#1");
        LabFlow flow = network.Tcp(client, server);
        if (clientFirst)
        {
            network.At((2 * delay) + Thinks, () => flow.Send(100));
        }
        else
        {
            flow.OnAccepted = accepted => accepted.Write(new byte[100]);
        }

        if (bench.IsBroken(GivesUp))
        {
            network.At(TimeSpan.FromSeconds(0.5), () => flow.Client.Do(c => c.Abort()));
        }

        network.RunUntil(TimeSpan.FromSeconds(5));
        return flow;
    }

    public override string Explanation =>
        "Every segment but the SYN carries the acknowledgment. Data of the client say all that the lost ACK said, so nothing is delayed. A server that talks first cannot, before it "
        + "is established: its own timer sends the SYN_ACK again, the client acknowledges the duplicate, and they are connected a second late. Nobody resets anything.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.5 and 3.10.7.4", "RFC 6298, 2.1"];
}
