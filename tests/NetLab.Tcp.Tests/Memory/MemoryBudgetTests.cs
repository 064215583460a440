using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Tests.Connections;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Memory;

/// <summary>What all connections of an endpoint hold together is bounded, and charged for what it really is.</summary>
public sealed class MemoryBudgetTests
{
    private const int Window = 64 << 10;

    [Fact]
    [Conformance(168)]
    public void A_byte_that_arrives_early_costs_no_more_than_a_small_segment()
    {
        var lab = new Lab(new MemoryBudget(16 << 20), new ConnectionOptions { ReceiveBufferSize = 1 << 20 });
        lab.Connect(1);
        long before = lab.Budget.Used;
        for (int i = 1; i <= 3; i++)
        {
            lab.Send(1, 1 + (i * 16_384), new byte[1]);
        }

        Assert.InRange(lab.Budget.Used - before, 3, 3 * 512);
    }

    [Fact]
    [Conformance(168)]
    public void From_half_of_the_budget_on_windows_shrink_in_proportion()
    {
        var budget = new MemoryBudget(MemoryBudget.MinLimit);
        Assert.Equal(Window, budget.Allow(Window));
        budget.Add(budget.Limit / 2);
        Assert.Equal(Window, budget.Allow(Window));
        budget.Add(budget.Limit / 4);
        Assert.Equal(Window / 2, budget.Allow(Window));
        budget.Add(budget.Limit);

        // A few segments remain, or nobody would get on.
        Assert.Equal(16 << 10, budget.Allow(Window));
        Assert.Equal(1000, budget.Allow(1000));
    }

    [Fact]
    [Conformance(168)]
    public void The_largest_out_of_order_queue_is_let_go_of_first()
    {
        var lab = new Lab(new MemoryBudget(MemoryBudget.MinLimit), new ConnectionOptions { ReceiveBufferSize = 512 << 10, WindowScaling = true });
        lab.Connect(1);
        lab.Connect(2);
        lab.Connect(3);

        // While there is enough, each is promised its whole window.
        lab.Send(3, 1, new byte[1000]);
        for (long offset = 1001; offset < 500_001; offset += 1000)
        {
            lab.Send(1, offset, new byte[1000]);
        }

        lab.Send(2, 1001, new byte[1000]);
        Assert.Equal(0, lab.Budget.ReclaimedBytes);

        // The third fills the rest with what nobody reads.
        for (long offset = 1001; lab.Budget.ReclaimedBytes == 0 && offset < 1 << 20; offset += 1000)
        {
            lab.Send(3, offset, new byte[1000]);
        }

        Assert.InRange(lab.Budget.ReclaimedBytes, 500_000, 700_000);
        lab.Send(1, 1, new byte[1000]);
        lab.Send(2, 1, new byte[1000]);
        Assert.Equal((1000, 2000), (lab.Received(1), lab.Received(2)));
    }

    [Fact]
    [Conformance(49, 168)]
    public void However_many_peers_send_to_applications_that_read_nothing_memory_is_bounded_and_counted()
    {
        const int Connections = 40;
        var lab = new Lab(new MemoryBudget(MemoryBudget.MinLimit), new ConnectionOptions { ReceiveBufferSize = Window });
        int connected = 0;
        for (ushort port = 1; port <= Connections; port++)
        {
            connected += lab.Connect(port) ? 1 : 0;
        }

        // In order and out of order, a window and a half each.
        for (long offset = 1; offset < Window * 3 / 2; offset += 1000)
        {
            for (ushort port = 1; port <= connected; port++)
            {
                lab.Send(port, port % 2 == 0 ? offset : offset + 1000, new byte[1000]);
            }
        }

        Assert.InRange(lab.Budget.Peak, lab.Budget.Limit / 2, lab.Budget.Limit + (connected * (16 << 10)));
        Assert.True(lab.Budget.RefusedSegments > 0);

        // What all have been promised is less than it would be, and new peers are not let in while all is used.
        Assert.Equal(lab.Budget.Used >= lab.Budget.Limit, !lab.Connect(Connections + 1));
    }

    [Fact]
    [Conformance(168)]
    public void What_was_refused_comes_again_and_nothing_is_lost_once_it_is_read()
    {
        var lab = new Lab(new MemoryBudget(MemoryBudget.MinLimit), new ConnectionOptions { ReceiveBufferSize = 512 << 10 });
        lab.Connect(1);
        lab.Connect(2);
        byte[] stream = Say.Bytes(600_000);
        SendAll(1, 400_000);
        SendAll(2, 400_000);
        Assert.True(lab.Budget.RefusedSegments == 0);
        lab.Budget.Add(lab.Budget.Limit);
        long refusedAt = lab.Next(1);
        lab.Send(1, refusedAt, stream.AsSpan((int)refusedAt - 1, 1000).ToArray());
        Assert.Equal((refusedAt, 1), (lab.Next(1), lab.Budget.RefusedSegments));
        lab.Budget.Add(-lab.Budget.Limit);
        lab.Read(1);
        lab.Read(2);
        SendAll(1, stream.Length);
        Assert.Equal(stream.Length, lab.Received(1));
        Assert.Equal(stream, lab.BytesOf(1));

        void SendAll(ushort port, int end)
        {
            for (int sent = (int)lab.Next(port) - 1; sent < end; sent = (int)lab.Next(port) - 1)
            {
                int before = sent;
                lab.Send(port, sent + 1, stream.AsSpan(sent, Math.Min(1000, end - sent)).ToArray());
                if (lab.Next(port) - 1 == before)
                {
                    lab.Read(port);
                }
            }
        }
    }

    [Fact]
    [Conformance(168)]
    public void Who_is_gone_is_not_paid_for()
    {
        var lab = new Lab(new MemoryBudget(MemoryBudget.MinLimit), new ConnectionOptions());
        for (ushort port = 1; port <= 3; port++)
        {
            lab.Connect(port);
            lab.Send(port, 1, new byte[1000]);
            lab.Send(port, 5001, new byte[1000]);
            lab.Write(port, new byte[5000]);
        }

        Assert.InRange(lab.Budget.Used, 3 * 7_000, 3 * 20_000);
        for (ushort port = 1; port <= 3; port++)
        {
            lab.Reset(port);
        }

        Assert.Equal(0, lab.Budget.Used);
    }

    [Fact]
    [Conformance(168)]
    public void What_one_endpoint_holds_is_missing_to_the_others_that_share_its_limit()
    {
        var shared = new SharedMemoryLimit(MemoryBudget.MinLimit);
        var greedy = new Lab(new MemoryBudget(64 << 20, shared), new ConnectionOptions { ReceiveBufferSize = 2 << 20, WindowScaling = true });
        var honest = new Lab(new MemoryBudget(64 << 20, shared), new ConnectionOptions { ReceiveBufferSize = Window });
        Assert.True(greedy.Connect(1) && honest.Connect(1));
        for (long offset = 1001; offset < 2 << 20; offset += 1000)
        {
            greedy.Send(1, offset, new byte[1000]);
        }

        // What one holds out of order is let go of when all is used; the other goes on, at least by a few segments.
        Assert.InRange(shared.Peak, shared.Limit, shared.Limit + (2 * SharedMemoryLimit.Piece));
        Assert.True(greedy.Budget.ReclaimedBytes > 0);
        for (long offset = 1; offset < 10_001; offset += 1000)
        {
            honest.Send(1, offset, new byte[1000]);
        }

        Assert.Equal(10_000, honest.Received(1));

        // Who waits in order, and is not read, holds what it holds: then nobody new is let in at either.
        for (long offset = 1; !shared.IsExhausted && offset < 2 << 20; offset += 1000)
        {
            greedy.Send(1, offset, new byte[1000]);
        }

        greedy.Budget.Add(shared.Limit);
        Assert.False(honest.Connect(2));
        Assert.Equal(1, honest.Budget.RefusedConnections);
        greedy.Budget.Add(-shared.Limit);
        greedy.Reset(1);
        Assert.True(honest.Connect(3));
        greedy.Budget.Close();
        honest.Budget.Close();
        Assert.Equal(0, shared.Used);
    }

    [Fact]
    public void A_shared_limit_has_a_least_size_and_a_default_of_a_share_of_the_machine()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedMemoryLimit(MemoryBudget.MinLimit - 1));
        Assert.Equal(SharedMemoryLimit.DefaultLimit, new SharedMemoryLimit().Limit);
        Assert.InRange(SharedMemoryLimit.DefaultLimit, MemoryBudget.DefaultLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    [Fact]
    public void A_budget_has_a_least_size_and_a_default_of_a_share_of_the_machine()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryBudget(MemoryBudget.MinLimit - 1));
        Assert.Equal(MemoryBudget.DefaultLimit, new MemoryBudget().Limit);
        Assert.InRange(MemoryBudget.DefaultLimit, MemoryBudget.MinLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    // A listening endpoint, and peers that are a port each, whose numbers begin at 0.
    private sealed class Lab
    {
        private static readonly DatagramAddress Peer = DatagramAddress.FromIPv4(0x0A00_0002, 9);
        private readonly Demultiplexer _demultiplexer;
        private readonly Dictionary<ushort, SimulatedStream> _streams = [];
        private readonly byte[] _buffer = new byte[DatagramSocket.MaxDatagramSize];
        private SimulatedStream? _welcomed;
        private readonly Dictionary<ushort, SequenceNumber> _initial = [];

        public Lab(MemoryBudget budget, ConnectionOptions options)
        {
            Budget = budget;
            _demultiplexer = new Demultiplexer(new EndpointSecrets(1, 2), budget);
            _demultiplexer.Listen(new Listener(options, 1000, _ => _welcomed = new SimulatedStream { ReadsAtOnce = false }));
        }

        public MemoryBudget Budget { get; }

        public bool Connect(ushort port)
        {
            _welcomed = null;
            Give(port, new SegmentHeader { Flags = SegmentFlags.Syn, Window = 65_535, Options = new SegmentOptions { MaxSegmentSize = 1000, WindowScale = 7 } }, []);
            if (_welcomed is null)
            {
                return false;
            }

            _streams[port] = _welcomed;
            ConnectionEntry entry = _demultiplexer.Entries.Single(e => e.Key.RemotePort == port);
            _welcomed.Attach(entry, _demultiplexer.MarkReady);
            Give(port, Header(port, 1), []);
            return entry.Connection.State == ConnectionState.Established;
        }

        public void Send(ushort port, long offset, byte[] payload) => Give(port, Header(port, offset), payload);

        public void Reset(ushort port) => Give(port, Header(port, Next(port)) with { Flags = SegmentFlags.Rst }, []);

        public void Write(ushort port, byte[] bytes)
        {
            _streams[port].Write(bytes);
            Flush();
        }

        public long Next(ushort port) => _streams[port].Connection!.ReceiveNext.Value;

        public int Received(ushort port) => (int)_streams[port].ReceivedBytes;

        public byte[] BytesOf(ushort port) => [.. _streams[port].Received];

        public void Read(ushort port)
        {
            _streams[port].Read(_streams[port].Connection!.Unread);
            Flush();
        }

        private SegmentHeader Header(ushort port, long offset) =>
            new() { Flags = SegmentFlags.Ack, Sequence = new SequenceNumber((uint)offset), Acknowledgment = _initial[port].Add(1), Window = 1000 };

        private void Give(ushort port, SegmentHeader header, byte[] payload)
        {
            header = header with { SourcePort = port, DestinationPort = 80 };
            byte[] datagram = new byte[SegmentWriter.SizeOf(header.Options) + payload.Length];
            payload.CopyTo(datagram, datagram.Length - payload.Length);
            SegmentWriter.Write(datagram, header);
            _demultiplexer.Receive(Instant.Zero, Peer, datagram);
            Flush();
        }

        private void Flush()
        {
            while (_demultiplexer.TryTransmit(Instant.Zero, _buffer, 1, out _, out var result))
            {
                SegmentReader.TryRead(_buffer.AsSpan(0, result.Bytes), out Segment segment, out _);
                if (segment.Header.Has(SegmentFlags.Syn))
                {
                    _initial[segment.Header.DestinationPort] = segment.Header.Sequence;
                }
            }
        }
    }
}
