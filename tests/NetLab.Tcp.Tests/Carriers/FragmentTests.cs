using CsCheck;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Segments;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>Parts of packets, as a host has to take them (RFC 1122, 3.3.2; RFC 8200, 4.5; RFC 5722).</summary>
public sealed class FragmentTests
{
    private static readonly Instant Start = Instant.FromOrigin(TimeSpan.FromHours(1));

    /// <summary>However a packet is cut, in whatever order the parts come, and whichever are doubled: it is whole, once.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parts_in_any_order_are_the_packet(bool isIpv4) =>
        Gen.Select(Gen.Int[9, 4000], Gen.Int[1, 60], Gen.Int, Gen.UInt).Sample((size, words, seed, identification) =>
        {
            var random = new Random(seed);
            byte[] packet = Packet(isIpv4, size, random);
            byte[][] parts = IpPackets.Parts(packet, words * 8, identification);
            byte[][] order = [.. parts, .. parts.Where(_ => random.Next(4) == 0)];
            if (parts.Length is 1 or > 250)
            {
                return;
            }

            random.Shuffle(order);
            var reassembler = new FragmentReassembler();
            byte[][] whole = [.. order.Select(p => Add(reassembler, Start, p)).Where(w => w.Length > 0)];

            // What is doubled after the last begins a packet that is never whole, unless all of it is doubled.
            Assert.InRange(whole.Length, 1, order.Length / parts.Length);
            Assert.All(whole, w => Assert.Equal(Plain(packet, isIpv4), Plain(w, isIpv4)));
            Assert.Equal(IpDrop.None, IpDatagram.Read(whole[0], out _));
        });

    /// <summary>RFC 5722, 4: one that overlaps takes all the others with it, those that come later as well.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parts_that_overlap_take_the_packet_with_them(bool isIpv4) =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[-3, 3], Gen.Int[1, 20], Gen.Bool, Gen.Int).Sample((at, shift, words, hasMore, seed) =>
        {
            var random = new Random(seed);
            byte[] packet = Packet(isIpv4, 64 * 8, random);
            byte[][] parts = IpPackets.Parts(packet, 16, 9);
            int start = Math.Clamp(((at * 2) + shift) * 8, 0, 62 * 8);
            byte[] evil = IpPackets.Part(Packet(isIpv4, 64 * 8, random), start, Math.Min(words * 8, (64 * 8) - start), hasMore || start == 0, 9);
            var reassembler = new FragmentReassembler();

            // The part that it overlaps with is there; another one is still missing.
            int touched = start / 16;
            Assert.Empty(Add(reassembler, Start, parts[touched]));
            bool isTaken = Add(reassembler, Start, evil, out bool wasTaken).Length > 0;
            Assert.False(isTaken || wasTaken);
            foreach (byte[] part in parts)
            {
                Assert.Empty(Add(reassembler, Start, part));
            }

            Assert.Equal(1, reassembler.Count);
            Assert.Equal(PartialPacket.PieceCost, reassembler.Bytes);

            // Its time over, the number may be used again.
            Assert.True(reassembler.TryExpire(Start + FragmentReassembler.Patience, out ReadOnlySpan<byte> quote));
            Assert.True(quote.IsEmpty);
            Assert.Contains(parts, p => Add(reassembler, Start, p).Length > 0);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_part_that_lies_is_dropped(bool isIpv4)
    {
        byte[] packet = Packet(isIpv4, 4000, new Random(1));
        byte[][] parts = IpPackets.Parts(packet, 1400, 7);
        foreach (byte[] lie in new[]
        {
            IpPackets.Part(packet, 0, 1399, hasMore: true, 7),
            IpPackets.Part(packet, 1400, 0, hasMore: true, 7),
            WithOffset(IpPackets.Part(packet, 0, 1400, hasMore: false, 7), 65_528),
        })
        {
            var reassembler = new FragmentReassembler();
            Add(reassembler, Start, lie, out bool isTaken);
            Assert.False(isTaken);
            Assert.Contains(parts, p => Add(reassembler, Start, p).Length > 0);
        }
    }

    /// <summary>The first part's header is that of the whole: where it is longer than the others', the packet may be longer than one can be.</summary>
    [Theory]
    [InlineData(true, 0, true)]
    [InlineData(true, 40, false)]
    [InlineData(false, 0, true)]
    [InlineData(false, 8, false)]
    public void What_is_longer_than_a_packet_with_the_header_of_the_first_part_is_dropped(bool isIpv4, int options, bool isWhole)
    {
        const int Middle = 32_768;
        int header = isIpv4 ? 20 : 40;
        byte[] packet = Packet(isIpv4, IpDevice.MaxPacketLength - header, new Random(1));
        byte[] first = IpPackets.Part(packet, 0, Middle, hasMore: true, 7);
        byte[] second = IpPackets.Part(packet, Middle, packet.Length - header - Middle, hasMore: false, 7);
        first = options == 0 ? first : isIpv4 ? WithNoOperations(first, options) : WithDestinationOptions(first);
        foreach (byte[][] order in new[] { new[] { first, second }, [second, first] })
        {
            var reassembler = new FragmentReassembler();
            Assert.Empty(Add(reassembler, Start, order[0]));
            byte[] whole = Add(reassembler, Start, order[1], out bool isTaken);
            Assert.Equal((isWhole ? packet.Length : 0, isWhole), (whole.Length, isTaken));
            Assert.Equal((0, 0), (reassembler.Count, reassembler.Bytes));
        }
    }

    /// <summary>What says that it is the last, and is not, or a second time elsewhere.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_ends_are_none(bool isIpv4)
    {
        byte[] packet = Packet(isIpv4, 4000, new Random(1));
        byte[][] parts = IpPackets.Parts(packet, 1400, 7);
        var reassembler = new FragmentReassembler();
        Assert.Empty(Add(reassembler, Start, parts[2]));
        Assert.Empty(Add(reassembler, Start, IpPackets.Part(packet, 1400, 1400, hasMore: false, 7)));
        Assert.All(parts, p => Assert.Empty(Add(reassembler, Start, p)));
    }

    [Fact]
    public void A_flood_of_parts_takes_no_more_than_its_bounds()
    {
        var random = new Random(3);
        var reassembler = new FragmentReassembler();
        for (int i = 0; i < 4_000; i++)
        {
            bool isIpv4 = random.Next(2) == 0;
            byte[] packet = Packet(isIpv4, 65_000, random, fills: false);
            int length = random.Next(1, random.Next(2) == 0 ? 4 : 8000) * 8;
            int start = random.Next((65_000 - length) / 8) * 8;
            Add(reassembler, Start + TimeSpan.FromMilliseconds(i), IpPackets.Part(packet, start, Math.Min(length, 65_000 - start), start == 0 || random.Next(8) > 0, (uint)random.Next(200)));
            Assert.InRange(reassembler.Count, 0, FragmentReassembler.MaxPackets);
            Assert.InRange(reassembler.Bytes, 0, FragmentReassembler.MaxBytes);
        }

        while (reassembler.TryExpire(Instant.Never, out _))
        {
        }

        Assert.Equal((0, 0), (reassembler.Count, reassembler.Bytes));
    }

    /// <summary>RFC 3168, 5.3.</summary>
    [Theory]
    [InlineData(EcnCodepoint.Ect0, EcnCodepoint.Ce, EcnCodepoint.Ce)]
    [InlineData(EcnCodepoint.Ect0, EcnCodepoint.Ect0, EcnCodepoint.Ect0)]
    [InlineData(EcnCodepoint.NotEct, EcnCodepoint.Ce, null)]
    [InlineData(EcnCodepoint.NotEct, EcnCodepoint.NotEct, EcnCodepoint.NotEct)]
    public void Congestion_that_a_part_met_was_met(EcnCodepoint first, EcnCodepoint second, EcnCodepoint? expected)
    {
        foreach (bool isIpv4 in (bool[])[true, false])
        {
            var reassembler = new FragmentReassembler();
            byte[] packet = IpPackets.To(isIpv4, 6, new byte[1000], first);
            byte[] other = IpPackets.To(isIpv4, 6, new byte[1000], second);
            Assert.Empty(Add(reassembler, Start, IpPackets.Parts(packet, 800, 1)[0]));
            byte[] whole = Add(reassembler, Start, IpPackets.Parts(other, 800, 1)[1]);
            Assert.Equal(expected is not null, whole.Length > 0);
            if (expected is not null)
            {
                Assert.Equal(IpDrop.None, IpDatagram.Read(whole, out IpDatagram datagram));
                Assert.Equal(expected, datagram.Ecn);
            }
        }
    }

    /// <summary>RFC 1122, 3.3.2; RFC 8200, 4.5: whoever sent the first part is told that the others did not come.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parts_that_do_not_come_are_waited_for_a_minute(bool isIpv4)
    {
        var reassembler = new FragmentReassembler();
        byte[][] parts = IpPackets.Parts(Packet(isIpv4, 3000, new Random(1)), 1200, 7);
        Add(reassembler, Start, parts[2]);
        Add(reassembler, Start + TimeSpan.FromSeconds(30), parts[0]);
        Assert.Equal(Start + TimeSpan.FromMinutes(1), reassembler.NextDeadline);
        Assert.False(reassembler.TryExpire(Start + TimeSpan.FromSeconds(59), out _));
        Assert.True(reassembler.TryExpire(Start + TimeSpan.FromSeconds(60), out ReadOnlySpan<byte> quote));
        Assert.Equal(parts[0][..(isIpv4 ? 28 : 1232)], quote.ToArray());
        Assert.Equal(Instant.Never, reassembler.NextDeadline);
        ushort addresses = PseudoHeader.SumOf(IpPackets.Ours(isIpv4).GetAddressBytes(), IpPackets.Theirs(isIpv4).GetAddressBytes());
        byte[] message = IcmpTimeExceeded.Make(quote, isIpv4, addresses);
        Assert.True(IcmpEcho.IsIntact(message, isIpv4, addresses));
        Assert.Equal(isIpv4 ? [11, 1] : new byte[] { 3, 1 }, message[..2]);
        Assert.InRange(message.Length, 1, (isIpv4 ? 576 : 1280) - 40);
    }

    /// <summary>A segment that came in parts opens a connection, and a long ping is answered in parts.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_carrier_takes_parts_and_sends_answers_in_parts(bool isIpv4)
    {
        using var device = new MemoryDevice(mtu: 1500);
        using var carrier = new IpCarrier(new IpInterface(device, IpPackets.Ours4, IpPackets.Ours6), MonotonicClock.Shared, DatagramSocketOptions.SharedCounts);
        byte[] data = new byte[4000];
        new Random(1).NextBytes(data);
        byte[] question = IpPackets.Message(isIpv4, (byte)(isIpv4 ? 8 : 128), 0, data);
        byte[] segment = IpPackets.Segment(isIpv4, new SegmentHeader { SourcePort = 5000, DestinationPort = 80, Sequence = new SequenceNumber(100), Flags = SegmentFlags.Ack, Window = 1000 }, data);
        foreach (byte[] part in IpPackets.Parts(question, 1448, 3).Reverse().Concat(IpPackets.Parts(segment, 1000, 4)))
        {
            device.Put(part);
        }

        Assert.Equal(DatagramReceiveStatus.Received, carrier.TryReceive(out ReadOnlySpan<byte> received, out DatagramBatch batch));
        Assert.Equal(data, received[^4000..].ToArray());
        Assert.Equal((ushort)5000, batch.From.Port);
        Assert.Equal(8, carrier.IpStatistics.Fragments);
        Assert.Equal(2, carrier.IpStatistics.Reassembled);
        Assert.Equal(3, device.Sent.Count);

        // Whoever puts the answer together has the bytes that were asked with.
        var theirs = new FragmentReassembler();
        byte[] whole = [];
        foreach ((byte[] part, PacketOffload _) in device.Sent)
        {
            Assert.InRange(part.Length, 1, 1500);
            whole = Add(theirs, Start, part);
        }

        Assert.Equal(IpDrop.None, IpDatagram.Read(whole, out IpDatagram answer));
        Assert.True(IcmpEcho.IsIntact(answer.Payload, isIpv4, PseudoHeader.SumOf(answer.Source, answer.Destination)));
        Assert.Equal((byte)(isIpv4 ? 0 : 129), answer.Payload[0]);
        Assert.Equal(data, answer.Payload[4..].ToArray());
    }

    [Fact]
    public void Parts_for_others_from_ourselves_and_of_what_is_not_spoken_are_not_kept()
    {
        using var device = new MemoryDevice();
        using var carrier = new IpCarrier(new IpInterface(device, IpPackets.Ours4, IpPackets.Ours6), MonotonicClock.Shared, DatagramSocketOptions.SharedCounts);
        byte[] packet = IpPackets.To(true, 6, new byte[1000]);
        byte[] toOthers = [.. packet];
        toOthers[19]++;
        byte[] fromUs = [.. packet];
        IpPackets.Ours4.GetAddressBytes().CopyTo(fromUs, 12);
        foreach (byte[] whole in new[] { toOthers, fromUs, IpPackets.To(true, 17, new byte[1000]) })
        {
            device.Put(IpPackets.Part(whole, 0, 800, hasMore: true, 5));
        }

        Assert.Equal(DatagramReceiveStatus.Empty, carrier.TryReceive(out _, out _));
        Assert.Equal((1, 1, 1, 0), (carrier.IpStatistics.NotForUs, carrier.IpStatistics.BadSources, carrier.IpStatistics.OtherProtocols, carrier.IpStatistics.Fragments));
    }

    private static byte[] Packet(bool isIpv4, int size, Random random, bool fills = true)
    {
        byte[] payload = new byte[size];
        if (fills)
        {
            random.NextBytes(payload);
        }

        return IpPackets.To(isIpv4, 6, payload);
    }

    private static byte[] Add(FragmentReassembler reassembler, Instant now, byte[] part) => Add(reassembler, now, part, out _);

    private static byte[] Add(FragmentReassembler reassembler, Instant now, byte[] part, out bool isTaken)
    {
        Assert.Equal(IpDrop.Fragment, IpDatagram.Read(part, out IpDatagram datagram));
        byte[] whole = new byte[IpDevice.MaxPacketLength];
        isTaken = reassembler.Add(now, part, datagram, whole, out int length);
        return whole[..length];
    }

    // The numbers that tell parts from each other do not matter in the whole.
    private static byte[] Plain(byte[] packet, bool isIpv4)
    {
        byte[] plain = [.. packet];
        if (isIpv4)
        {
            plain.AsSpan(4, 4).Clear();
            plain.AsSpan(10, 2).Clear();
        }

        return plain;
    }

    private static byte[] WithNoOperations(byte[] part, int options)
    {
        byte[] longer = [.. part[..20], .. Enumerable.Repeat((byte)1, options), .. part[20..]];
        longer[0] = (byte)(0x40 | ((20 + options) / 4));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(2), (ushort)longer.Length);
        longer.AsSpan(10, 2).Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(10), InternetChecksum.Of(longer.AsSpan(0, 20 + options)));
        return longer;
    }

    // PadN of four bytes, before the fragment header (RFC 8200, 4.6).
    private static byte[] WithDestinationOptions(byte[] part)
    {
        byte[] longer = [.. part[..40], part[6], 0, 1, 4, 0, 0, 0, 0, .. part[40..]];
        longer[6] = 60;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(4), (ushort)(longer.Length - 40));
        return longer;
    }

    private static byte[] WithOffset(byte[] part, int offset)
    {
        bool isIpv4 = part[0] >> 4 == 4;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(isIpv4 ? 6 : 42), (ushort)(isIpv4 ? offset / 8 : offset));
        if (isIpv4)
        {
            part.AsSpan(10, 2).Clear();
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(10), InternetChecksum.Of(part.AsSpan(0, 20)));
        }

        return part;
    }
}
