using System.Buffers;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Congestion;

/// <summary>Connections of one endpoint take turns, however much some of them have to say.</summary>
public sealed class FairnessTests
{
    private const int Count = 8;

    private static readonly DatagramAddress Here = DatagramAddress.FromIPv4(0x7F00_0001, 5000);
    private static readonly DatagramAddress There = DatagramAddress.FromIPv4(0x7F00_0001, 80);
    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    private readonly byte[] _buffer = new byte[DatagramSocket.MaxDatagramSize];

    [Fact]
    public void Each_gets_a_batch_before_any_gets_a_second_one()
    {
        (Demultiplexer demultiplexer, List<ConnectionEntry> connections) = Established();
        foreach (ConnectionEntry entry in connections)
        {
            entry.Connection.Write(new ReadOnlySequence<byte>(new byte[100_000]));
            demultiplexer.MarkReady(entry);
        }

        // Ten segments each may leave, in batches of two: five rounds.
        var order = new List<ushort>();
        while (demultiplexer.TryTransmit(Now, _buffer, 2, out _, out TransmitResult result))
        {
            Assert.Equal(2 * result.SegmentSize, result.Bytes);
            order.Add(PortOf(_buffer));
        }

        Assert.Equal(5 * Count, order.Count);
        Assert.All(order.Chunk(Count), round => Assert.Equal(Count, round.Distinct().Count()));
    }

    [Fact]
    public void Who_has_little_to_say_waits_for_one_batch_of_each_at_most()
    {
        (Demultiplexer demultiplexer, List<ConnectionEntry> connections) = Established();
        foreach (ConnectionEntry entry in connections.Skip(1))
        {
            entry.Connection.Write(new ReadOnlySequence<byte>(new byte[100_000]));
            demultiplexer.MarkReady(entry);
        }

        Assert.True(demultiplexer.TryTransmit(Now, _buffer, 2, out _, out _));
        connections[0].Connection.Write(new ReadOnlySequence<byte>(new byte[10]));
        demultiplexer.MarkReady(connections[0]);
        int waited = 0;
        while (demultiplexer.TryTransmit(Now, _buffer, 2, out _, out _) && PortOf(_buffer) != connections[0].Connection.LocalPort)
        {
            waited++;
        }

        Assert.InRange(waited, 0, Count - 1);
    }

    private static ushort PortOf(byte[] datagrams) => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(datagrams);

    private (Demultiplexer, List<ConnectionEntry>) Established()
    {
        var options = new ConnectionOptions { Pacing = false };
        var client = new Demultiplexer(new EndpointSecrets(1, 2));
        var server = new Demultiplexer(new EndpointSecrets(3, 4));
        server.Listen(new Listener(options, 2 * Count, _ => new SimulatedStream()));
        List<ConnectionEntry> connections = [.. Enumerable.Range(0, Count).Select(_ => client.Open(Now, There, options, new SimulatedStream()))];
        bool more = true;
        while (more)
        {
            more = Pass(client, server, Here);
            more |= Pass(server, client, There);
        }

        Assert.All(connections, c => Assert.Equal(ConnectionState.Established, c.Connection.State));
        return (client, connections);
    }

    private bool Pass(Demultiplexer from, Demultiplexer to, DatagramAddress address)
    {
        bool any = false;
        while (from.TryTransmit(Now, _buffer, 1, out _, out TransmitResult result))
        {
            to.Receive(Now, address, _buffer.AsSpan(0, result.Bytes));
            any = true;
        }

        return any;
    }
}
