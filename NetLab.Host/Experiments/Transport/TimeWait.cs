using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Transport;

/// <summary>Why whoever closes first waits: the last ACK may be lost, and nobody would answer the FIN that comes again.</summary>
internal sealed class TimeWait : Experiment
{
    private static readonly Parameter<TimeSpan> Delay = Parameter.Duration("delay", "one-way delay", "20ms", "1ms", "200ms");

    public override string Name => "time-wait";

    public override string Title => "TIME-WAIT";

    public override string Summary => "A connection is closed on both sides; the last ACK is lost, or the first FIN. Then the same without TIME-WAIT, and a client that uses its ports again at once.";

    public override string Question =>
        "The client closes first. The ACK of the server's FIN is lost. Who sends what again, who answers, and how does the server's connection end? What if the client kept nothing after it closed? And if the same ports are used again at once, while a copy of an old segment is still on the way?";

    public override IReadOnlyList<Parameter> Parameters => [Delay];

    public override IReadOnlyList<Mutation> Mutations =>
    [
        new("no TIME-WAIT") { Options = o => o with { MaxSegmentLifetime = TimeSpan.Zero } },
        new("no ACK arrives after the first, and no RST") { Link = d => d with { Drops = [.. d.Drops, .. Enumerable.Range(2, 30).Select(i => new Udp.Links.ScriptedDrop("ACK", i)), .. Enumerable.Range(1, 30).Select(i => new Udp.Links.ScriptedDrop("RST", i))] } },
        new("TIME-WAIT everywhere") { Options = o => o with { MaxSegmentLifetime = TimeSpan.FromSeconds(5) } },
        new("nothing is lost") { Link = d => d with { Drops = [] } },
    ];

    public override void Run(Bench bench)
    {
        TimeSpan delay = bench.Get(Delay);
        LabFlow lastAck = Try(bench, delay, "up.drop=ACK#2", new ConnectionOptions());
        LabFlow fin = Try(bench, delay, "up.drop=FIN#1", new ConnectionOptions());
        LabFlow forgetful = Try(bench, delay, "up.drop=ACK#2", new ConnectionOptions { MaxSegmentLifetime = TimeSpan.Zero });

        bench.Law("last ACK lost: FINs of the server", lastAck.ServerEnd.SentOf("FIN"), 2, 0, "", "the FIN goes again after the RTO (RFC 9293, 3.6)");
        bench.LawTrue("last ACK lost: answered from TIME-WAIT", lastAck.ClientEnd.Reached(ConnectionState.TimeWait) is { } waits && lastAck.ClientEnd.Sent.Any(s => s.Kind == "ACK" && s.At.SinceOrigin > waits), "TIME-WAIT acknowledges a repeated FIN (RFC 9293, 3.10.7.4)");
        bench.LawTrue("last ACK lost: the server ends well", lastAck.Server?.CloseReason == CloseReason.Finished, "CLOSED by the ACK of its FIN");
        bench.Law("TIME-WAIT lasts", Lasted(lastAck), 2 * new ConnectionOptions().MaxSegmentLifetime.TotalSeconds, 0.05, "s", "2 MSL, begun anew by a FIN that comes again (RFC 9293, 3.10.7.4)");
        bench.Law("first FIN lost: FINs of the client", fin.ClientEnd.SentOf("FIN"), 2, 0, "", "a FIN is sent again like data (RFC 9293, 3.6)");
        bench.LawTrue("first FIN lost: both end well", fin.Server?.CloseReason == CloseReason.Finished && fin.ClientEnd.Reached(ConnectionState.TimeWait) is not null, "FIN, ACK, FIN, ACK");
        bench.LawTrue("without TIME-WAIT: the FIN is answered by a RST", forgetful.ServerEnd.Received.Any(s => s.Kind == "RST"), "nobody knows the connection any more (RFC 9293, 3.10.7.1)");

        PortsUsedAgain guarded = PortsUsedAgain.Run(bench, new ConnectionOptions());
        PortsUsedAgain open = PortsUsedAgain.Run(bench, new ConnectionOptions { MaxSegmentLifetime = TimeSpan.Zero });
        bench.LawTrue("ports used again at once: an old number opens nothing", !guarded.IsOpened, "a SYN in TIME-WAIT has to be beyond what was used (RFC 9293, 3.6.1; RFC 6191)");
        bench.Law("without TIME-WAIT: old bytes in the new connection", open.OldBytes, 100, 0, "bytes", "a copy that is late fits the new connection's window (RFC 1337, 2)");
        bench.Picture("last-ack", "The last ACK is lost: the FIN comes again", () => LadderChart.Of(lastAck, 14));
        bench.Picture("without", "The same without TIME-WAIT: a RST", () => LadderChart.Of(forgetful, 14));
        bench.Ladder("The last ACK is lost", lastAck.Ladder(14));
        bench.Ladder("The same without TIME-WAIT", forgetful.Ladder(14));
    }

    // From the last time it was entered or begun anew to its end.
    private static double Lasted(LabFlow flow)
    {
        ConnectionEvent[] closed = [.. flow.ClientEnd.Events.Where(e => e.Kind == ConnectionEventKind.StateChanged && e.State == ConnectionState.Closed)];
        SegmentRecord? last = flow.ClientEnd.Received.LastOrDefault(s => s.Kind == "FIN");
        return closed.Length == 0 || last is null ? double.NaN : (closed[^1].At - last.At).TotalSeconds;
    }

    private static LabFlow Try(Bench bench, TimeSpan delay, string drop, ConnectionOptions options)
    {
        LabNetwork network = bench.NewNetwork();
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, $"delay={delay.TotalMilliseconds}ms,{drop}");
        LabFlow flow = network.Tcp(client, server, options);
        flow.OnAccepted = accepted => network.At(TimeSpan.FromSeconds(2), () => accepted.Do(c => c.ShutdownSend()));
        network.At(TimeSpan.FromSeconds(0.5), () => flow.Send(100));
        network.At(TimeSpan.FromSeconds(1), flow.ShutdownSend);
        network.RunUntil(TimeSpan.FromSeconds(40));
        return flow;
    }

    public override string Explanation =>
        "The last ACK is not acknowledged, so its sender cannot know that it came. When it did not, the server sends its FIN again, and somebody has to be there to answer: that is TIME-WAIT. It lasts two segment lifetimes, so that nothing of this connection is left on the way when its ports are used again. "
        + "Without it the FIN that comes again meets a closed port, and a RST answers: a peer that did everything right is reset, and whatever it had not yet read may be gone. And a new connection on the same ports takes a late copy of the old one's data for its own: nothing in the segment says otherwise, unless it has timestamps (RFC 7323, 5).";

    public override IReadOnlyList<string> Sources => ["RFC 9293, 3.6 and 3.10.7.4", "RFC 1337, 2", "RFC 6191"];
}
