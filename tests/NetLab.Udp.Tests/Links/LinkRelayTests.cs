using System.Net;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Links;

/// <summary>The relay on real sockets; what it does to datagrams is the model's, and tested there.</summary>
public sealed class LinkRelayTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
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

        while (relay.Up.Entered < Count || relay.Up.Delivered < relay.Up.Entered - relay.Up.Dropped + relay.Up.Duplicated || Received(sink) < relay.Up.Delivered)
        {
            poller.Wait(Patience, readable);
            Assert.True(sink.Receive(server) > 0 || readable.Count > 0, "the relay passed less than it says");
        }

        FlowStatistics flow = Assert.Single(sink.Flows).Value;
        Assert.Equal(0, relay.SendFailures);

        // A damaged probe is no probe: the sink takes it for lost, and both its copies for foreign datagrams.
        Assert.Equal(relay.Up.Delivered, flow.Received + flow.Duplicates + sink.Foreign);
        Assert.InRange(relay.Up.Lost, 300, 700);
        Assert.InRange(flow.Reordered, 1, relay.Up.Reordered);
        Assert.InRange(flow.Duplicates, 1, relay.Up.Duplicated);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1_400)]
    public void Much_over_a_link_that_delays_arrives_whole_in_order_and_never_before_its_time(int size)
    {
        const int Count = 20_000;
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using DatagramSocket client = DatagramSocket.Bind(AnyPort);
        using LinkRelay relay = Start(server, "delay=5ms");
        var source = new DatagramSource(client, DatagramAddress.From(relay.LocalEndPoint), 1);
        var batch = new ProbeBatch(size);
        var sink = new DatagramSink();
        using var poller = new DatagramPoller();
        poller.Add(server);
        var readable = new List<DatagramSocket>();
        while (source.Sent < Count)
        {
            // Less on the way than any buffer holds, so that nothing is lost but by the relay.
            if (source.Sent - Received(sink) < 400)
            {
                source.TrySend(batch, (int)Math.Min(46, Count - source.Sent));
            }

            sink.Receive(server);
        }

        while (Received(sink) < Count)
        {
            poller.Wait(Patience, readable);
            Assert.True(sink.Receive(server) > 0 || readable.Count > 0, "the relay passed less than it took");
        }

        FlowStatistics flow = Assert.Single(sink.Flows).Value;
        Assert.Equal((Count, 0L, 0L, 0L), (flow.Received, flow.Duplicates, flow.Reordered, relay.SendFailures));
        Assert.True(flow.Delay is null || flow.Delay.Min >= TimeSpan.FromMilliseconds(4.9), $"{flow.Delay?.Min}");
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
    public async Task Somebody_may_drop_one_datagram_by_hand_and_is_answered_also_when_the_relay_has_stopped()
    {
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        LinkRelay relay = Start(server, "");
        using DatagramSocket client = DatagramSocket.Bind(AnyPort);
        Assert.True(await relay.InterveneAsync(up: true, new LinkIntervention(2, LinkEffects.ScriptedDrop)).WaitAsync(Patience));
        for (byte i = 1; i <= 3; i++)
        {
            client.TrySend([i], 1, DatagramAddress.From(relay.LocalEndPoint), out _);
        }

        // What leaves together may arrive together.
        List<byte> arrived = [];
        while (arrived.Count < 2)
        {
            arrived.AddRange(Receive(server).Bytes);
        }

        Assert.Equal([1, 3], arrived);
        Assert.False(await relay.InterveneAsync(up: true, new LinkIntervention(2, LinkEffects.Duplicated)).WaitAsync(Patience));
        await Assert.ThrowsAsync<ArgumentException>(() => relay.InterveneAsync(up: true, new LinkIntervention(0, LinkEffects.Duplicated)));
        relay.Dispose();
        Assert.False(await relay.InterveneAsync(up: true, new LinkIntervention(9, LinkEffects.Duplicated)).WaitAsync(Patience));
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

    [Fact]
    public void A_link_changes_while_it_runs()
    {
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using LinkRelay relay = Start(server, "loss=100%");
        using DatagramSocket client = DatagramSocket.Bind(AnyPort);
        DatagramAddress to = DatagramAddress.From(relay.LocalEndPoint);
        client.TrySend([1], 1, to, out _);
        SpinWait.SpinUntil(() => relay.Up.Entered == 1, Patience);
        relay.Change(new LinkDescription());
        byte sent = 1;
        while (relay.Up.Delivered == 0)
        {
            client.TrySend([++sent], 1, to, out _);
            SpinWait.SpinUntil(() => relay.Up.Entered == sent, Patience);
        }

        // Everything before the change was lost, the first one after it is the first to arrive.
        Assert.Equal(relay.Up.Lost + 1, Receive(server).Bytes[0]);
        Assert.Throws<ArgumentException>(() => relay.Change(new LinkDescription { Up = new LinkDirection { Drops = [new ScriptedDrop("A", 1)] } }));
    }

    /// <summary>A million of them by NETLAB_SENDERS=1000000, which takes a few minutes.</summary>
    [LinuxFact]
    public void Made_up_senders_cost_bounded_sockets_and_the_good_client_nothing()
    {
        int senders = int.TryParse(Environment.GetEnvironmentVariable("NETLAB_SENDERS"), out int asked) ? asked : 2_000;
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using var relay = new LinkRelay(new LinkRelayOptions { Listen = new IPEndPoint(IPAddress.Any, 0), Target = server.LocalEndPoint, Link = new LinkDescription(), MaxClients = 32 });
        relay.Start();
        using DatagramSocket client = DatagramSocket.Bind(AnyPort);
        var to = new DatagramAddress[] { DatagramAddress.From(new IPEndPoint(IPAddress.Loopback, relay.LocalEndPoint.Port)) };
        var source = new DatagramSource(client, to[0], 1);
        var sink = new DatagramSink();
        var random = new Random(1);
        byte[] noise = new byte[40];
        for (int i = 0; i < senders; i++)
        {
            // All of 127.0.0.0/8 is this machine: each sender has an address of its own.
            var address = new IPAddress([127, (byte)(1 + (i >> 16)), (byte)(i >> 8), (byte)(i | 1)]);
            using (DatagramSocket sender = DatagramSocket.Bind(new IPEndPoint(address, 0)))
            {
                random.NextBytes(noise);
                sender.TrySend(noise, noise.Length, to[0], out _);
            }

            if (i % 10 == 0)
            {
                Assert.True(source.TrySend(new byte[10]));
            }

            long entered = i + 1 + source.Sent;
            Assert.True(SpinWait.SpinUntil(() => relay.Up.Entered == entered, Patience), "the relay did not take it");
            sink.Receive(server);
        }

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                sink.Receive(server);
                return Received(sink) == relay.Up.Delivered;
            },
            Patience));
        FlowStatistics flow = Assert.Single(sink.Flows).Value;
        Assert.Equal((source.Sent, 0, 0), (flow.Received, flow.Lost, flow.Duplicates));
        Assert.Equal(senders, sink.Foreign);
        Assert.Equal((32, 0), (relay.Clients, relay.SendFailures));
    }

    [Fact]
    public void Idle_clients_are_forgotten_and_may_come_back()
    {
        using DatagramSocket server = DatagramSocket.Bind(AnyPort);
        using var relay = new LinkRelay(new LinkRelayOptions { Listen = AnyPort, Target = server.LocalEndPoint, Link = new LinkDescription(), IdleTimeout = TimeSpan.FromMilliseconds(20) });
        relay.Start();
        using DatagramSocket client = DatagramSocket.Bind(AnyPort);
        client.TrySend([1], 1, DatagramAddress.From(relay.LocalEndPoint), out _);
        DatagramAddress first = Receive(server).From;
        Assert.True(SpinWait.SpinUntil(() => relay.Clients == 0, Patience));
        client.TrySend([2], 1, DatagramAddress.From(relay.LocalEndPoint), out _);
        (byte[] bytes, DatagramAddress second) = Receive(server);
        Assert.Equal([2], bytes);
        Assert.NotEqual(first, second);
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
