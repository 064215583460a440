using System.Net;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Links;

/// <summary>The relay on real sockets; what it does to datagrams is the model's, and tested there.</summary>
public sealed class LinkRelayTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void What_a_sink_behind_it_counts_is_what_the_relay_did()
    {
        const int Count = 5_000;
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using DatagramSocket client = DatagramSocket.Bind(AnyPort);
        using LinkRelay relay = Start(server, "loss=10%,duplicate=5%,reorder=5%,corrupt=2%,seed=3");
        var source = new DatagramSource(client, DatagramAddress.From(relay.LocalEndPoint), 1);
        var sink = new DatagramSink();
        using var poller = new DatagramPoller();
        poller.Add(server);
        var readable = new List<DatagramSocket>();
        for (int i = 0; i < Count; i++)
        {
            while (!source.TrySend(new byte[10]))
            {
            }

            // In step with the relay, so that no socket buffer is ever what loses a datagram.
            sink.Receive(server);
            while (i - relay.Up.Entered > 200)
            {
                sink.Receive(server);
            }
        }

        while (relay.Up.Entered < Count || Received(sink) < relay.Up.Delivered)
        {
            poller.Wait(Patience, readable);
            Assert.True(sink.Receive(server) > 0 || readable.Count > 0, "the relay passed less than it says");
        }

        FlowStatistics flow = Assert.Single(sink.Flows).Value;
        Assert.Equal(0, relay.SendFailures);

        // A damaged probe is no probe: the sink takes it for lost, and both its copies for strangers.
        Assert.Equal(relay.Up.Delivered, flow.Received + flow.Duplicates + sink.Foreign);
        Assert.InRange(relay.Up.Lost, 300, 700);
        Assert.InRange(flow.Reordered, 1, relay.Up.Reordered);
        Assert.InRange(flow.Duplicates, 1, relay.Up.Duplicated);
    }

    [Fact]
    public void Answers_find_the_client_that_asked()
    {
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using LinkRelay relay = Start(server, "");
        using DatagramSocket first = DatagramSocket.Bind(AnyPort);
        using DatagramSocket second = DatagramSocket.Bind(AnyPort);
        DatagramAddress to = DatagramAddress.From(relay.LocalEndPoint);
        first.TrySend([1], 1, to, out _);
        second.TrySend([2], 1, to, out _);
        for (int i = 0; i < 2; i++)
        {
            (byte[] question, DatagramAddress from) = Receive(server);
            server.TrySend([(byte)(question[0] * 10)], 1, from, out _);
        }

        Assert.Equal([10], Receive(first).Bytes);
        Assert.Equal([20], Receive(second).Bytes);
        Assert.Equal(2, relay.Clients);
    }

    [Fact]
    public void More_clients_than_allowed_push_out_the_one_silent_for_longest()
    {
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using var relay = new LinkRelay(new LinkRelayOptions { Listen = AnyPort, Target = server.LocalEndPoint, Link = new LinkDescription(), MaxClients = 3 });
        relay.Start();
        for (int i = 0; i < 10; i++)
        {
            using DatagramSocket client = DatagramSocket.Bind(AnyPort);
            client.TrySend([(byte)i], 1, DatagramAddress.From(relay.LocalEndPoint), out _);
            Assert.Equal((byte)i, Receive(server).Bytes[0]);
        }

        Assert.Equal(3, relay.Clients);
    }

    private static LinkRelay Start(DatagramSocket server, string link)
    {
        Assert.True(LinkDescription.TryParse(link, out LinkDescription description, out string? error), error);
        var relay = new LinkRelay(new LinkRelayOptions { Listen = AnyPort, Target = server.LocalEndPoint, Link = description });
        relay.Start();
        return relay;
    }

    private static long Received(DatagramSink sink) =>
        sink.Foreign + sink.Flows.Sum(f => f.Value.Received + f.Value.Duplicates + f.Value.Implausible);

    private static (byte[] Bytes, DatagramAddress From) Receive(DatagramSocket socket)
    {
        using var poller = new DatagramPoller();
        poller.Add(socket);
        var readable = new List<DatagramSocket>();
        poller.Wait(Patience, readable);
        byte[] buffer = new byte[100];
        Assert.Equal(DatagramReceiveStatus.Received, socket.TryReceive(buffer, out DatagramBatch batch));
        return (buffer[..batch.Length], batch.From);
    }
}
