using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>Segments in IP packets as everybody's TCP makes them; ping is answered; what the network reports reaches the connection it is about.</summary>
public sealed class IpCarrierTests : IDisposable
{
    private readonly MemoryDevice _device = new();
    private readonly Demultiplexer _demultiplexer = new(new EndpointSecrets(1, 2));
    private readonly SimulatedStream _stream = new();
    private readonly IpCarrier _carrier;
    private uint _initial;
    private Instant _now = Instant.FromOrigin(TimeSpan.FromHours(1));

    public IpCarrierTests() => _carrier = CarrierOn(_device);

    /// <inheritdoc/>
    public void Dispose() => _carrier.Dispose();

    public static TheoryData<bool> Versions => [true, false];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_handshake_and_data_cross_it_with_right_checksums_and_the_MSS_of_the_devices_MTU(bool isIpv4)
    {
        ConnectionEntry entry = Establish(isIpv4, peerMss: 1460);
        byte[] bytes = new byte[3000];
        Random.Shared.NextBytes(bytes);
        Write(entry, new ReadOnlySequence<byte>(bytes));
        IpPackets.SentPacket[] sent = Sent();
        Assert.All(sent, s => Assert.Equal((EcnCodepoint.NotEct, false), (s.Ecn, s.MayBeCut)));
        Assert.Equal(bytes, sent.SelectMany(s => s.Payload));
        Assert.Equal(isIpv4 ? 1460 : 1440, sent[0].Payload.Length);
        Receive(IpPackets.Segment(isIpv4, Header(entry, 1, 3001), "abc"u8));
        Assert.Equal("abc"u8.ToArray(), _stream.Received);
    }

    /// <summary>RFC 9293, 3.10.7.1; RFC 1122, 3.2.2.1: TCP answers by itself, and not ICMP.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void A_closed_port_answers_by_a_RST_and_a_port_that_is_open_does_not_open_others(bool isIpv4)
    {
        _demultiplexer.Listen(new Listener(new ConnectionOptions(), 8, _ => new SimulatedStream()) { Port = 80 });
        var syn = new SegmentHeader { SourcePort = 5000, DestinationPort = 81, Sequence = new SequenceNumber(100), Flags = SegmentFlags.Syn, Window = 1000 };
        Receive(IpPackets.Segment(isIpv4, syn));
        IpPackets.SentPacket answer = Assert.Single(Sent());
        Assert.Equal(SegmentFlags.Rst | SegmentFlags.Ack, answer.Header.Flags);
        Assert.Equal(101u, answer.Header.Acknowledgment.Value);
        Receive(IpPackets.Segment(isIpv4, syn with { DestinationPort = 80 }));
        Assert.Equal(SegmentFlags.Syn | SegmentFlags.Ack, Assert.Single(Sent()).Header.Flags);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Ping_is_answered_by_the_same_bytes(bool isIpv4)
    {
        byte[] rest = [0x12, 0x34, 0, 1, .. Enumerable.Range(0, 57).Select(i => (byte)i)];
        Receive(IpPackets.Message(isIpv4, (byte)(isIpv4 ? 8 : 128), 0, rest));
        Assert.True(_device.Sent.TryDequeue(out (byte[] Packet, PacketOffload Offload) answer));
        Assert.Equal(IpDrop.None, IpDatagram.Read(answer.Packet, out IpDatagram datagram));
        Assert.Equal(IpPackets.Theirs(isIpv4).GetAddressBytes(), datagram.Destination.ToArray());
        Assert.True(IcmpEcho.IsIntact(datagram.Payload, isIpv4, PseudoHeader.SumOf(datagram.Source, datagram.Destination)));
        Assert.Equal((byte)(isIpv4 ? 0 : 129), datagram.Payload[0]);
        Assert.Equal(rest, datagram.Payload[4..].ToArray());
        Assert.Equal(1, _carrier.IpStatistics.EchoReplies);
    }

    /// <summary>What a device cuts out of one large segment is what would have been sent one by one.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void With_offloads_a_batch_is_one_packet_that_cuts_into_the_same_segments(bool isIpv4)
    {
        byte[] batch = Batch(count: 20, payload: 1000, last: 321, out int segmentSize);
        DatagramAddress peer = DatagramAddress.From(new IPEndPoint(IpPackets.Theirs(isIpv4), 80));
        Assert.Equal(DatagramSendStatus.Sent, _carrier.TrySend(batch, segmentSize, peer, EcnCodepoint.Ect0, out int sent));
        Assert.Equal(batch.Length, sent);
        byte[][] oneByOne = [.. _device.Sent.Select(s => s.Packet)];
        Assert.Equal(20, oneByOne.Length);

        var cutting = new MemoryDevice(offloads: true);
        using IpCarrier carrier = CarrierOn(cutting);
        carrier.TrySend(batch, segmentSize, peer, EcnCodepoint.Ect0, out _);
        (byte[] packet, PacketOffload offload) = Assert.Single(cutting.Sent);
        Assert.Equal(oneByOne, IpPackets.Cut(packet, offload));
    }

    /// <summary>A number that does not follow, another acknowledgment, or a flag in the middle ends a large segment.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(18)]
    public void What_is_not_alike_is_not_put_together(int at)
    {
        byte[] batch = Batch(count: 6, payload: 1000, last: 1000, out int segmentSize);
        batch[(3 * segmentSize) + at] ^= 0x10;
        Assert.Equal(3, SegmentRun.Count(batch, segmentSize, 65_000));
        Assert.Equal(6, SegmentRun.Count(Batch(6, 1000, 1000, out _), segmentSize, 65_000));
        Assert.Equal(5, SegmentRun.Count(Batch(6, 1000, 1000, out _), segmentSize, 20 + 5_999));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_large_segment_whose_checksum_is_left_to_us_is_taken(bool isIpv4)
    {
        ConnectionEntry entry = Establish(isIpv4, peerMss: 1460);
        byte[] bytes = new byte[40_000];
        Random.Shared.NextBytes(bytes);
        byte[] packet = IpPackets.Segment(isIpv4, Header(entry, 1, 1), bytes);
        int ip = isIpv4 ? 20 : 40;

        // As the kernel leaves it: the sum of the pseudo-header.
        byte[] partial = [.. packet];
        PseudoHeader.Begin(partial.AsSpan(ip), PseudoHeader.SumOf(IpPackets.Theirs(isIpv4).GetAddressBytes(), IpPackets.Ours(isIpv4).GetAddressBytes()), packet.Length - ip);
        Receive(partial, new PacketOffload { Flags = PacketOffload.NeedsChecksumFlag, Kind = 1, SegmentSize = 1448, ChecksumStart = (ushort)ip, ChecksumOffset = 16 });
        Assert.Equal(bytes, _stream.Received);
    }

    [Fact]
    public void The_ECN_field_is_set_on_what_leaves_and_read_from_what_comes()
    {
        ConnectionEntry entry = Establish(isIpv4: true, peerMss: 1460, ecn: true);
        Write(entry, new ReadOnlySequence<byte>(new byte[100]));
        Assert.Equal(EcnCodepoint.Ect0, Assert.Single(Sent()).Ecn);
        Receive(IpPackets.Segment(true, Header(entry, 1, 101), "abc"u8, EcnCodepoint.Ce));
        Assert.Equal(1, entry.Connection.Statistics.MarksReceived);
    }

    /// <summary>RFC 1191, RFC 8201: what was too large goes again in pieces, at once and without a smaller window.</summary>
    [Theory]
    [InlineData(true, 576, 576 - 40)]
    [InlineData(true, 68, IcmpErrorReader.LeastIpv4Mtu - 40)]
    [InlineData(true, 0, 1492 - 40)]
    [InlineData(false, 1280, 1280 - 60)]
    [InlineData(false, 100, 1280 - 60)]
    public void A_path_that_says_what_it_carries_gets_that(bool isIpv4, int mtu, int expected)
    {
        ConnectionEntry entry = Establish(isIpv4, peerMss: 1460);
        Write(entry, new ReadOnlySequence<byte>(new byte[10_000]));
        byte[][] first = [.. TakePackets()];
        long window = entry.Connection.CongestionWindow;
        Receive(TooBig(isIpv4, mtu, first[0]));
        IpPackets.SentPacket[] again = Sent();
        Assert.Equal(1u, again[0].Header.Sequence.Value - _initial);
        Assert.All(again, s => Assert.True(s.Payload.Length <= expected));
        Assert.Equal(expected, again[0].Payload.Length);
        Assert.Equal((window, 1L, 0L), (entry.Connection.CongestionWindow, entry.Connection.Statistics.PathMtuReductions, entry.Connection.Statistics.FastRecoveries));

        // What the path still does not carry though it says nothing sensible may be cut on its way.
        Assert.All(again, s => Assert.Equal(mtu == 68, s.MayBeCut));
    }

    /// <summary>RFC 5927, 4.1: a number that is not out is nothing.</summary>
    [Fact]
    public void A_report_on_a_segment_that_is_not_out_is_nothing()
    {
        ConnectionEntry entry = Establish(isIpv4: true, peerMss: 1460);
        Write(entry, new ReadOnlySequence<byte>(new byte[10_000]));
        byte[] about = TakePackets().First();
        BinaryPrimitives.WriteUInt32BigEndian(about.AsSpan(24), BinaryPrimitives.ReadUInt32BigEndian(about.AsSpan(24)) + 1_000_000);
        Receive(TooBig(true, 576, about));
        Assert.Equal((0L, 1460), (entry.Connection.Statistics.PathErrors, entry.Connection.Metrics.SegmentSize));
        Assert.Equal((0L, 1L), (_carrier.IpStatistics.ErrorsReported, _carrier.IpStatistics.ErrorsIgnored));
        Assert.Empty(TakePackets());
    }

    /// <summary>RFC 5927, 7.2: what contradicts what has been seen is believed when the segment's timer has expired, and not before.</summary>
    [Fact]
    public void A_report_that_contradicts_what_was_acknowledged_waits_for_the_timer()
    {
        ConnectionEntry entry = Establish(isIpv4: true, peerMss: 1460);
        Write(entry, new ReadOnlySequence<byte>(new byte[20_000]));
        byte[][] first = [.. TakePackets()];
        Receive(IpPackets.Segment(true, Header(entry, 1, 1 + (2 * 1460))));
        TakePackets();
        Receive(TooBig(true, 576, first[2]));
        Assert.Equal((1L, 0L), (entry.Connection.Statistics.PathErrors, entry.Connection.Statistics.PathMtuReductions));
        Assert.Equal(1460, entry.Connection.Metrics.SegmentSize);
        for (int i = 0; i < 5 && entry.Connection.Statistics.Timeouts == 0; i++)
        {
            _now = entry.Connection.NextTimeout!.Value;
            _demultiplexer.Timeout(_now);
            TakePackets();
        }

        Assert.Equal((536, 1L), (entry.Connection.Metrics.SegmentSize, entry.Connection.Statistics.PathMtuReductions));
    }

    /// <summary>RFC 1122, 4.2.3.9 and RFC 5461: a hard error ends what is being opened and nothing that is open; a soft one ends nothing.</summary>
    [Theory]
    [InlineData(true, 3, 3, true)]
    [InlineData(true, 3, 13, true)]
    [InlineData(true, 3, 1, false)]
    [InlineData(true, 11, 0, false)]
    [InlineData(true, 4, 0, false)]
    [InlineData(false, 1, 4, true)]
    [InlineData(false, 1, 0, false)]
    [InlineData(false, 3, 0, false)]
    public void Only_a_hard_error_ends_a_connection_and_only_one_that_is_being_opened(bool isIpv4, byte type, byte code, bool ends)
    {
        _demultiplexer.Open(_now, DatagramAddress.From(new IPEndPoint(IpPackets.Theirs(isIpv4), 80)), new ConnectionOptions(), _stream);
        byte[] syn = TakePackets().Single();
        Receive(IpPackets.Message(isIpv4, type, code, [0, 0, 0, 0, .. syn]));
        Assert.Equal(ends ? CloseReason.Refused : null, _stream.CloseReason);

        var open = new SimulatedStream();
        ConnectionEntry entry = Establish(isIpv4, peerMss: 1460, stream: open);
        Write(entry, new ReadOnlySequence<byte>(new byte[100]));
        Receive(IpPackets.Message(isIpv4, type, code, [0, 0, 0, 0, .. TakePackets().Last()]));
        Assert.Null(open.CloseReason);
    }

    private static byte[] TooBig(bool isIpv4, int mtu, byte[] about)
    {
        byte[] rest = new byte[4 + about.Length];
        if (isIpv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest.AsSpan(2), (ushort)mtu);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, mtu);
        }

        about.CopyTo(rest, 4);
        return IpPackets.Message(isIpv4, (byte)(isIpv4 ? 3 : 2), (byte)(isIpv4 ? 4 : 0), rest);
    }

    private static IpCarrier CarrierOn(MemoryDevice device) =>
        new(new IpInterface(device, IpPackets.Ours4, IpPackets.Ours6), MonotonicClock.Shared, DatagramSocketOptions.SharedCounts);

    private void Write(ConnectionEntry entry, ReadOnlySequence<byte> bytes)
    {
        entry.Connection.Write(bytes);
        _demultiplexer.MarkReady(entry);
    }

    // Segments of bytes that count up, one behind the other, the last one shorter and with PSH.
    private static byte[] Batch(int count, int payload, int last, out int segmentSize)
    {
        var batch = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            bool isLast = i == count - 1;
            var header = new SegmentHeader
            {
                SourcePort = 4000,
                DestinationPort = 80,
                Sequence = new SequenceNumber(unchecked(uint.MaxValue - 2500 + (uint)(i * payload))),
                Acknowledgment = new SequenceNumber(77),
                Flags = SegmentFlags.Ack | (isLast ? SegmentFlags.Psh : 0),
                Window = 1000,
                Options = new SegmentOptions { Timestamps = new SegmentTimestamps(1, 2) },
            };
            byte[] bytes = [.. Enumerable.Range(0, isLast ? last : payload).Select(b => (byte)(b + i))];
            byte[] segment = new byte[SegmentWriter.SizeOf(header.Options) + bytes.Length];
            bytes.CopyTo(segment, segment.Length - bytes.Length);
            SegmentWriter.Write(segment, header, InternetChecksum.Sum(bytes, 0));
            batch.AddRange(segment);
        }

        segmentSize = 32 + payload;
        return [.. batch];
    }

    // Opened by us to their port 80, whose numbers begin at 0.
    private ConnectionEntry Establish(bool isIpv4, int peerMss, bool ecn = false, SimulatedStream? stream = null)
    {
        var peer = DatagramAddress.From(new IPEndPoint(IpPackets.Theirs(isIpv4), 80));
        var options = new ConnectionOptions
        {
            MaxSegmentSize = _carrier.MaxSegmentSizeFor(peer),
            Pacing = false,
            Timestamps = false,
            Ecn = ecn ? EcnMode.Request : EcnMode.Answer,
            AccurateEcnOption = false,
        };
        ConnectionEntry entry = _demultiplexer.Open(_now, peer, options, stream ?? _stream);
        IpPackets.SentPacket syn = IpPackets.Sent(TakePackets().Last());
        _initial = syn.Header.Sequence.Value;
        Assert.Equal(isIpv4 ? 1460 : 1440, syn.Header.Options.MaxSegmentSize);
        Receive(IpPackets.Segment(isIpv4, new SegmentHeader
        {
            SourcePort = 80,
            DestinationPort = entry.Key.LocalPort,
            Acknowledgment = SequenceNumber.Wrap(1, syn.Header.Sequence),
            Flags = SegmentFlags.Syn | SegmentFlags.Ack | (ecn ? SegmentFlags.Ece : 0),
            Window = ushort.MaxValue,
            Options = new SegmentOptions { MaxSegmentSize = peerMss, SackPermitted = true },
        }));
        Assert.Equal(ConnectionState.Established, entry.Connection.State);
        TakePackets();
        return entry;
    }

    private SegmentHeader Header(ConnectionEntry entry, uint sequence, long acknowledged) => new()
    {
        SourcePort = 80,
        DestinationPort = entry.Key.LocalPort,
        Sequence = new SequenceNumber(sequence),
        Acknowledgment = SequenceNumber.Wrap(acknowledged, new SequenceNumber(_initial)),
        Flags = SegmentFlags.Ack | SegmentFlags.Psh,
        Window = ushort.MaxValue,
    };

    private void Receive(byte[] packet, PacketOffload offload = default)
    {
        _device.Put(packet, offload);
        while (_carrier.TryReceive(out ReadOnlySpan<byte> segments, out DatagramBatch batch) is not DatagramReceiveStatus.Empty and var status)
        {
            if (status == DatagramReceiveStatus.Refused)
            {
                _carrier.Report(_now, _demultiplexer);
            }
            else
            {
                _demultiplexer.ReceiveBatch(_now, batch.From, segments, batch.SegmentSize, batch.Ecn);
            }
        }
    }

    private IEnumerable<byte[]> TakePackets()
    {
        byte[] buffer = new byte[DatagramSocket.MaxDatagramSize];
        while (_demultiplexer.TryTransmit(_now, buffer, 64, out DatagramAddress to, out TransmitResult batch))
        {
            _carrier.TrySend(buffer.AsSpan(0, batch.Bytes), batch.SegmentSize, to, batch.Ecn, out _);
        }

        byte[][] packets = [.. _device.Sent.Select(s => s.Packet)];
        _device.Sent.Clear();
        return packets;
    }

    private IpPackets.SentPacket[] Sent() => [.. TakePackets().Select(IpPackets.Sent)];
}
