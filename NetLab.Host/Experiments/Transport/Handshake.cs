using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Events;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Three segments open a connection.</summary>
internal sealed class Handshake : Experiment
{
    private const string ExtraLoss = "the SYN is lost";
    private const string NoClose = "the client never closes";

    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "10s");
    private static readonly Parameter<int> Bytes = Parameter.Count("bytes", "bytes that the client sends", 1_000, 0, 1_000_000);

    public override string Name => "handshake";

    public override string Title => "The handshake";

    public override string Summary => "A connection is opened, used once and closed, on a link without loss.";

    public override string Question =>
        "The link takes 20 ms each way. Sketch the segments up to the first byte of data. When does the client know that it is connected, and when the server? "
        + "After 1,000 bytes and a close, by how much have the sequence numbers grown?";

    public override IReadOnlyList<Parameter> Parameters => [Delay, Bytes];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new(ExtraLoss) { Link = d => d with { Drops = [new("SYN", 1)] } },
        new(NoClose) { IsOwn = true },
        new("the link is slower than said") { Link = d => d with { Delay = d.Delay * 1.1 } },
    ];

    public override void Run(Bench bench)
    {
        TimeSpan delay = bench.Get(Delay);
        int bytes = bench.Get(Bytes);
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms");

        LabFlow flow = network.Tcp(client, server);
        flow.OnAccepted = accepted => network.At(delay * 14, () => accepted.Do(c => c.ShutdownSend()));
        network.At(delay * 4, () => flow.Send(bytes));
        if (!bench.IsBroken(NoClose))
        {
            network.At(delay * 8, flow.ShutdownSend);
        }

        network.RunUntil(delay * 100);

        double there = delay.TotalMilliseconds;
        double established = flow.ClientEnd.Reached(ConnectionState.Established)?.TotalMilliseconds ?? double.NaN;
        bench.Law("client established", established, 2 * there, 0.001, "ms", "1 round trip: SYN and SYN_ACK (RFC 9293, 3.5)");
        bench.Law("server established", flow.ServerEnd.Reached(ConnectionState.Established)?.TotalMilliseconds ?? double.NaN, 3 * there, 0.001, "ms", "1.5 round trips: the ACK has come (RFC 9293, 3.5)");
        int segments = flow.ClientEnd.Sent.Count(s => s.Kind is "SYN" or "ACK" && s.At.SinceOrigin.TotalMilliseconds <= established) + flow.ServerEnd.SentOf("SYN_ACK");
        bench.Law("segments of the handshake", segments, 3, 0, "", "SYN, SYN_ACK, ACK (RFC 9293, 3.5)");
        long numbers = flow.ClientEnd.Sent.Max(s => s.End);
        bench.Law("sequence numbers used by the client", numbers, bytes + 2, 0, "", "one for each byte, one for the SYN, one for the FIN (RFC 9293, 3.4)");
        bench.Ladder("All segments", flow.Ladder());
        bench.Picture("ladder", "The handshake, data and the close", () => LadderChart.Of(flow));
        bench.Picture("sequence", "The handshake, by sequence numbers", () => SequenceGraph.Of(flow));
    }

    public override string Explanation =>
        "The client has heard from the server after one round trip, and may send at once: its first data travel right behind its ACK. The server hears "
        + "that its SYN_ACK has arrived half a round trip later. SYN and FIN are numbered like bytes, so that they are acknowledged and sent again like bytes; "
        + "an ACK alone is not, or ACKs would be acknowledged without end.";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.4 and 3.5"];
}
