using System.Buffers;
using System.Net;
using CsCheck;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>Any packet from a device: nothing is thrown, no answer is larger than what it answers, nothing that is open ends by what anybody can make up.</summary>
public sealed class HostilePacketTests
{
    // A SYN_ACK tests whether the path lets the AccECN option through (RFC 9768, 3.2.3.2.1): so much more, and no more. IP options and extension headers
    // that came are not sent back.
    private const int AccurateEcnOption = 12;

    /// <summary>Whole packets of every kind, changed anywhere, cut anywhere, with lengths that lie.</summary>
    [Fact]
    public void Packets_that_were_changed_anywhere_are_answered_by_no_more_than_they_were() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Select(Gen.Int[0, 120], Gen.Byte).Array[0, 6], Gen.Int[0, 1500], Gen.Bool)
            .Sample((seed, changes, length, mends) =>
            {
                using var host = new Host(seed);
                byte[] packet = host.AnyPacket();
                foreach ((int at, byte value) in changes)
                {
                    packet[at % packet.Length] = value;
                }

                packet = packet[..Math.Min(packet.Length, length)];
                if (mends && packet.Length >= 20 && packet[0] >> 4 == 4 && (packet[0] & 0xF) * 4 is >= 20 and var header && header <= packet.Length)
                {
                    // A wrong checksum would end most of them at the first door.
                    packet.AsSpan(10, 2).Clear();
                    System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Of(packet.AsSpan(0, header)));
                }

                Assert.True(host.Answers(packet) <= packet.Length + AccurateEcnOption);
                host.IsWhole();
            });

    [Fact]
    public void Any_bytes_are_taken() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Byte, Gen.Byte, Gen.UShort, Gen.UShort).Sample((bytes, flags, kind, size, start) =>
        {
            using var host = new Host(1);
            host.Answers(bytes, new PacketOffload { Flags = flags, Kind = kind, SegmentSize = size, ChecksumStart = start, ChecksumOffset = size });
            host.IsWhole();
        });

    [Theory]
    [InlineData("land: from ourselves")]
    [InlineData("from loopback")]
    [InlineData("from multicast")]
    [InlineData("to broadcast")]
    [InlineData("loose source route")]
    [InlineData("strict source route")]
    [InlineData("first fragment")]
    [InlineData("fragment that overlaps")]
    [InlineData("IPv6 routing header of type 0")]
    [InlineData("IPv6 fragment")]
    [InlineData("IPv6 from an address of IPv4")]
    [InlineData("IPv6 hundred extension headers")]
    [InlineData("RST in answer to a RST")]
    [InlineData("ping from ourselves")]
    [InlineData("an error about an error")]
    public void What_no_host_answers_is_not_answered(string what)
    {
        using var host = new Host(7);
        byte[] syn = IpPackets.Segment(true, Host.Syn);
        byte[] packet = what switch
        {
            "land: from ourselves" => From(syn, IpPackets.Ours4),
            "from loopback" => From(syn, IPAddress.Loopback),
            "from multicast" => From(syn, IPAddress.Parse("224.0.0.1")),
            "to broadcast" => To(IpPackets.Message(true, 8, 0, new byte[12]), IPAddress.Broadcast),
            "loose source route" => WithOptions(syn, [131, 7, 4, 10, 9, 0, 1, 0]),
            "strict source route" => WithOptions(syn, [1, 137, 7, 4, 10, 9, 0, 1]),
            "first fragment" => Fragment(syn, 0x2000),
            "fragment that overlaps" => Fragment(syn, 1),
            "IPv6 routing header of type 0" => Extended(43, [6, 2, 0, 1, 0, 0, 0, 0, .. IpPackets.Theirs6.GetAddressBytes()]),
            "IPv6 fragment" => Extended(44, [6, 0, 0, 1, 0, 0, 0, 9]),
            "IPv6 from an address of IPv4" => From6(IpPackets.Segment(false, Host.Syn), IPAddress.Parse("::ffff:10.9.0.1")),
            "IPv6 hundred extension headers" => Extended(60, [.. Enumerable.Range(0, 100).SelectMany(i => new byte[] { (byte)(i < 99 ? 60 : 6), 0, 1, 4, 0, 0, 0, 0 })]),
            "RST in answer to a RST" => IpPackets.Segment(true, Host.Syn with { Flags = SegmentFlags.Rst, DestinationPort = 99 }),
            "ping from ourselves" => From(IpPackets.Message(true, 8, 0, new byte[12]), IpPackets.Ours4),
            _ => IpPackets.Message(true, 3, 3, [0, 0, 0, 0, .. IpPackets.Message(true, 3, 3, new byte[32])]),
        };
        Assert.Equal(0, host.Answers(packet));
        host.IsWhole();
    }

    /// <summary>A packet that only looks like one of those is taken.</summary>
    [Fact]
    public void A_fragment_that_is_the_whole_packet_and_a_header_that_has_run_its_course_are_taken()
    {
        byte[][] packets =
        [
            Extended(44, [6, 0, 0, 0, 0, 0, 0, 9]),
            Extended(43, [6, 0, 4, 0, 0, 0, 0, 0]),
            Extended(0, [60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4, 0, 0, 0, 0]),
            WithOptions(IpPackets.Segment(true, Host.Syn), [7, 3, 4, 1]),
        ];
        foreach (byte[] packet in packets)
        {
            using var host = new Host(7);
            Assert.NotEqual(0, host.Answers(packet));
        }
    }

    private static byte[] From(byte[] packet, IPAddress source)
    {
        // The addresses are in the checksum of TCP, too: taken out and put in again.
        PseudoHeaderOf(packet, remove: true);
        source.GetAddressBytes().CopyTo(packet, 12);
        PseudoHeaderOf(packet, remove: false);
        return Mended(packet);
    }

    private static byte[] To(byte[] packet, IPAddress destination)
    {
        destination.GetAddressBytes().CopyTo(packet, 16);
        return Mended(packet);
    }

    private static byte[] From6(byte[] packet, IPAddress source)
    {
        PseudoHeader.Remove(packet.AsSpan(40), PseudoHeader.SumOf(packet.AsSpan(8, 16), packet.AsSpan(24, 16)));
        source.GetAddressBytes().CopyTo(packet, 8);
        PseudoHeader.Add(packet.AsSpan(40), PseudoHeader.SumOf(packet.AsSpan(8, 16), packet.AsSpan(24, 16)));
        return packet;
    }

    private static void PseudoHeaderOf(byte[] packet, bool remove)
    {
        if (packet[9] == InternetChecksum.TcpProtocol)
        {
            ushort sum = PseudoHeader.SumOf(packet.AsSpan(12, 4), packet.AsSpan(16, 4));
            if (remove)
            {
                PseudoHeader.Remove(packet.AsSpan(20), sum);
            }
            else
            {
                PseudoHeader.Add(packet.AsSpan(20), sum);
            }
        }
    }

    private static byte[] WithOptions(byte[] packet, byte[] options)
    {
        byte[] longer = [.. packet[..20], .. options, .. packet[20..]];
        longer[0] = (byte)(0x40 | ((20 + options.Length) / 4));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(2), (ushort)longer.Length);
        return Mended(longer);
    }

    private static byte[] Fragment(byte[] packet, ushort field)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), field);
        return Mended(packet);
    }

    private static byte[] Extended(byte first, byte[] extensions)
    {
        byte[] packet = IpPackets.Segment(false, Host.Syn);
        byte[] longer = [.. packet[..40], .. extensions, .. packet[40..]];
        longer[6] = first;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(4), (ushort)(longer.Length - 40));
        return longer;
    }

    private static byte[] Mended(byte[] packet)
    {
        packet.AsSpan(10, 2).Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), InternetChecksum.Of(packet.AsSpan(0, (packet[0] & 0xF) * 4)));
        return packet;
    }

    /// <summary>Somebody who listens at port 80, and has a connection open to each version's port 443 that data is out on.</summary>
    private sealed class Host : IDisposable
    {
        public static readonly SegmentHeader Syn = new()
        {
            SourcePort = 5000,
            DestinationPort = 80,
            Sequence = new SequenceNumber(100),
            Flags = SegmentFlags.Syn,
            Window = 1000,
            Options = new SegmentOptions { MaxSegmentSize = 1460, SackPermitted = true },
        };

        private readonly Random _random;
        private readonly MemoryDevice _device = new(offloads: true);
        private readonly IpCarrier _carrier;
        private readonly Demultiplexer _demultiplexer = new(new EndpointSecrets(3, 4));
        private readonly List<(SimulatedStream Stream, byte[] Last)> _open = [];
        private readonly Instant _now = Instant.FromOrigin(TimeSpan.FromHours(1));

        public Host(int seed)
        {
            _random = new Random(seed);
            _carrier = new IpCarrier(new IpInterface(_device, IpPackets.Ours4, IpPackets.Ours6), MonotonicClock.Shared, DatagramSocketOptions.SharedCounts);
            _demultiplexer.Listen(new Listener(new ConnectionOptions(), 8, _ => new SimulatedStream()) { Port = 80 });
            foreach (bool isIpv4 in (bool[])[true, false])
            {
                var stream = new SimulatedStream();
                ConnectionEntry entry = _demultiplexer.Open(_now, DatagramAddress.From(new IPEndPoint(IpPackets.Theirs(isIpv4), 443)), new ConnectionOptions { Pacing = false }, stream);
                Send();
                SegmentHeader syn = IpPackets.Sent(_device.Sent.Single().Packet).Header;
                Take(IpPackets.Segment(isIpv4, new SegmentHeader
                {
                    SourcePort = 443,
                    DestinationPort = syn.SourcePort,
                    Acknowledgment = SequenceNumber.Wrap(1, syn.Sequence),
                    Flags = SegmentFlags.Syn | SegmentFlags.Ack,
                    Window = ushort.MaxValue,
                    Options = new SegmentOptions { MaxSegmentSize = 1400, SackPermitted = true },
                }), default);
                entry.Connection.Write(new ReadOnlySequence<byte>(new byte[500]));
                _demultiplexer.MarkReady(entry);
                _device.Sent.Clear();
                Send();
                _open.Add((stream, _device.Sent.Last().Packet));
                _device.Sent.Clear();
            }
        }

        public void Dispose()
        {
            _carrier.Dispose();
            _device.Dispose();
        }

        public byte[] AnyPacket()
        {
            int version = _random.Next(2);
            bool isIpv4 = version == 0;
            byte[] last = _open[version].Last;
            byte[] payload = new byte[_random.Next(600)];
            _random.NextBytes(payload);
            byte[] whole = AnyWhole(isIpv4, payload, last);
            int total = whole.Length - (isIpv4 ? 20 : 40);
            int start = _random.Next(0, Math.Max(1, total / 8)) * 8;
            int length = Math.Min(total - start, _random.Next(1, 80) * 8);
            return _random.Next(3) > 0 || length <= 0 ? whole : IpPackets.Part(whole, start, length, _random.Next(2) == 0, (uint)_random.Next(3));
        }

        private byte[] AnyWhole(bool isIpv4, byte[] payload, byte[] last)
        {
            return _random.Next(6) switch
            {
                0 => IpPackets.Segment(isIpv4, Syn),
                1 => IpPackets.Message(isIpv4, (byte)(isIpv4 ? 8 : 128), 0, [0, 1, 0, 2, .. payload]),
                2 => IpPackets.Message(isIpv4, (byte)_random.Next(isIpv4 ? 14 : 5), (byte)_random.Next(16), [.. payload.Take(4), .. new byte[Math.Max(0, 4 - payload.Length)], .. last]),
                3 => IpPackets.Segment(isIpv4, Syn with { SourcePort = 443, DestinationPort = 443, Flags = (SegmentFlags)_random.Next(256) }, payload),
                4 => WithPort(isIpv4, payload, last),
                _ => IpPackets.To(isIpv4, (byte)_random.Next(256), payload),
            };
        }

        /// <summary>Bytes that a packet is answered by.</summary>
        public int Answers(byte[] packet, PacketOffload offload = default)
        {
            Take(packet, offload);
            Send();
            int bytes = _device.Sent.Sum(s => s.Packet.Length);
            _device.Sent.Clear();
            return bytes;
        }

        /// <summary>Nothing that was open has ended.</summary>
        public void IsWhole()
        {
            Assert.All(_open, o => Assert.Null(o.Stream.CloseReason));
            Assert.InRange(_demultiplexer.Count, 2, 3);
        }

        // A segment for a connection that is open, with any flags and numbers out of its window.
        private byte[] WithPort(bool isIpv4, byte[] payload, byte[] last) => IpPackets.Segment(isIpv4, new SegmentHeader
        {
            SourcePort = 443,
            DestinationPort = IpPackets.Sent(last).Header.SourcePort,
            Sequence = new SequenceNumber(0x8000_0000u + (uint)_random.Next(1 << 20)),
            Acknowledgment = new SequenceNumber((uint)_random.NextInt64(1L << 32)),
            Flags = (SegmentFlags)_random.Next(256),
            Window = (ushort)_random.Next(1 << 16),
        }, payload);

        private void Take(byte[] packet, PacketOffload offload)
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

        private void Send()
        {
            byte[] buffer = new byte[DatagramSocket.MaxDatagramSize];
            while (_demultiplexer.TryTransmit(_now, buffer, 64, out DatagramAddress to, out TransmitResult batch))
            {
                _carrier.TrySend(buffer.AsSpan(0, batch.Bytes), batch.SegmentSize, to, batch.Ecn, out _);
            }
        }
    }
}
