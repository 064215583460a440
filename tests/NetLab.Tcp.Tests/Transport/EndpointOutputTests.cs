using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>What the machines have ready leaves once, as the tap saw it, and nothing leaves that is not ready.</summary>
public sealed class EndpointOutputTests : IDisposable
{
    private readonly UdpCarrier _carrier = new(DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0)), null);
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
    private readonly Demultiplexer _demultiplexer = new(new EndpointSecrets(1, 2));
    private readonly List<byte[]> _shown = [];
    private readonly EndpointOutput _output;

    public EndpointOutputTests()
    {
        _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var tap = new GuardedTap((_, datagram, _, sent) => _shown.Add(sent ? datagram.ToArray() : []), NullLogger.Instance, _carrier.LocalEndPoint);
        _output = new EndpointOutput(_carrier, _demultiplexer, tap, MonotonicClock.Shared);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _carrier.EndWaits();
        _carrier.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public void Everything_ready_leaves_once_in_the_order_in_which_it_became_ready_and_as_it_was_shown()
    {
        ConnectionEntry[] opened = [Open(), Open(), Open()];
        _output.Transmit();
        byte[][] received = Receive(3);
        Assert.Equal(_shown, received);
        Assert.Equal(opened.Select(e => e.Key.LocalPort), received.Select(r => Read(r).SourcePort));
        Assert.All(received, r => Assert.Equal(SegmentFlags.Syn, Read(r).Flags));
        _output.Transmit();
        Assert.Equal((3, 0, false), (_shown.Count, _peer.Available, _output.IsBlocked));
    }

    [Fact]
    public void One_connection_out_of_its_turn_leaves_the_others_theirs()
    {
        ConnectionEntry first = Open();
        ConnectionEntry second = Open();
        _output.Transmit(second);
        Assert.Equal(second.Key.LocalPort, Read(Receive(1)[0]).SourcePort);
        Assert.Single(_shown);
        _output.Transmit();
        Assert.Equal(first.Key.LocalPort, Read(Receive(1)[0]).SourcePort);
        Assert.Equal(2, _shown.Count);
    }

    /// <summary>Of a batch that the kernel cuts into segments the peer gets each by itself.</summary>
    [Fact]
    public void A_batch_arrives_as_the_segments_it_consists_of()
    {
        var stream = new SimulatedStream();
        ConnectionEntry entry = Open(stream);
        _output.Transmit();
        SegmentHeader syn = Read(Receive(1)[0]);
        var answer = new SegmentHeader
        {
            SourcePort = entry.Key.RemotePort,
            DestinationPort = entry.Key.LocalPort,
            Sequence = new SequenceNumber(7),
            Acknowledgment = SequenceNumber.Wrap(1, syn.Sequence),
            Flags = SegmentFlags.Syn | SegmentFlags.Ack,
            Window = ushort.MaxValue,
            Options = new SegmentOptions { MaxSegmentSize = 1_000 },
        };
        byte[] datagram = new byte[SegmentWriter.SizeOf(answer.Options)];
        SegmentWriter.Write(datagram, answer);
        _demultiplexer.Receive(MonotonicClock.Shared.Now, entry.Key.Peer, datagram);
        entry.Connection.Write(new ReadOnlySequence<byte>(new byte[4_500]));
        _demultiplexer.MarkReady(entry);
        _shown.Clear();
        _output.Transmit();
        byte[][] received = Receive(5);
        Assert.Equal([1_020, 1_020, 1_020, 1_020, 520], received.Select(r => r.Length));
        Assert.Equal(_shown, received);
    }

    private ConnectionEntry Open(SimulatedStream? stream = null)
    {
        var options = new ConnectionOptions { Pacing = false };
        return _demultiplexer.Open(MonotonicClock.Shared.Now, DatagramAddress.From((IPEndPoint)_peer.LocalEndPoint!), options, stream ?? new SimulatedStream());
    }

    private byte[][] Receive(int count)
    {
        byte[] buffer = new byte[DatagramSocket.MaxDatagramSize];
        return [.. Enumerable.Range(0, count).Select(_ => buffer[.._peer.Receive(buffer)])];
    }

    private static SegmentHeader Read(byte[] datagram)
    {
        Assert.True(SegmentReader.TryRead(datagram, out Segment segment, out SegmentError error), error.ToString());
        return segment.Header;
    }
}
