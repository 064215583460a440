using System.Buffers.Binary;
using System.Net;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Carriers;

/// <summary>IP packets as others send them, made and checked the long way.</summary>
internal static class IpPackets
{
    public static readonly IPAddress Ours4 = IPAddress.Parse("10.9.0.2");
    public static readonly IPAddress Theirs4 = IPAddress.Parse("10.9.0.1");
    public static readonly IPAddress Ours6 = IPAddress.Parse("fd09::2");
    public static readonly IPAddress Theirs6 = IPAddress.Parse("fd09::1");

    public static IPAddress Ours(bool isIpv4) => isIpv4 ? Ours4 : Ours6;

    public static IPAddress Theirs(bool isIpv4) => isIpv4 ? Theirs4 : Theirs6;

    /// <summary>A packet from them to us.</summary>
    public static byte[] To(bool isIpv4, byte protocol, ReadOnlySpan<byte> payload, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        int header = isIpv4 ? 20 : 40;
        byte[] packet = new byte[header + payload.Length];
        IpHeaderWriter.Write(packet, Theirs(isIpv4).GetAddressBytes(), Ours(isIpv4).GetAddressBytes(), protocol, payload.Length, ecn, label: isIpv4 ? null : 7);
        payload.CopyTo(packet.AsSpan(header));
        return packet;
    }

    /// <summary>A packet with a segment whose checksum has the addresses in it.</summary>
    public static byte[] Segment(bool isIpv4, SegmentHeader header, ReadOnlySpan<byte> payload = default, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        byte[] segment = new byte[SegmentWriter.SizeOf(header.Options) + payload.Length];
        payload.CopyTo(segment.AsSpan(segment.Length - payload.Length));
        SegmentWriter.Write(segment, header, InternetChecksum.Sum(payload, 0));
        segment.AsSpan(16, 2).Clear();
        ushort checksum = InternetChecksum.OfSegment(segment, Theirs(isIpv4).GetAddressBytes(), Ours(isIpv4).GetAddressBytes());
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), checksum);
        return To(isIpv4, InternetChecksum.TcpProtocol, segment, ecn);
    }

    /// <summary>A message of ICMP with a right checksum.</summary>
    public static byte[] Message(bool isIpv4, byte type, byte code, ReadOnlySpan<byte> rest)
    {
        byte[] message = [type, code, 0, 0, .. rest];
        ushort checksum = isIpv4
            ? InternetChecksum.Of(message)
            : InternetChecksum.OfMessage(message, PseudoHeader.SumOf(Theirs6.GetAddressBytes(), Ours6.GetAddressBytes()), 58);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), checksum);
        return To(isIpv4, (byte)(isIpv4 ? 1 : 58), message);
    }

    /// <summary>The segment in a packet of ours, and that its checksums are right and its header says what it should.</summary>
    public static SentPacket Sent(byte[] packet)
    {
        Assert.Equal(IpDrop.None, IpDatagram.Read(packet, out IpDatagram datagram));
        Assert.Equal(packet.Length, datagram.PayloadOffset + datagram.PayloadLength);
        Assert.Equal(Ours(datagram.IsIpv4).GetAddressBytes(), datagram.Source.ToArray());
        Assert.Equal(0, InternetChecksum.OfSegment(datagram.Payload, datagram.Source, datagram.Destination));
        byte[] segment = datagram.Payload.ToArray();
        segment.AsSpan(16, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), InternetChecksum.OfSegment(segment));
        Assert.True(SegmentReader.TryRead(segment, out Segment read, out SegmentError error), error.ToString());
        return new SentPacket(read.Header, read.Payload.ToArray(), datagram.Ecn, datagram.IsIpv4 && (packet[6] & 0x40) == 0);
    }

    /// <summary>What a packet of ours says.</summary>
    public sealed record SentPacket(SegmentHeader Header, byte[] Payload, EcnCodepoint Ecn, bool MayBeCut);

    /// <summary>A part of a packet from them to us, made by the book.</summary>
    public static byte[] Part(byte[] packet, int start, int length, bool hasMore, uint identification)
    {
        bool isIpv4 = packet[0] >> 4 == 4;
        int header = isIpv4 ? 20 : 40;
        byte[] payload = packet[(header + start)..(header + start + length)];
        if (!isIpv4)
        {
            byte[] part = [.. packet[..header], packet[6], 0, 0, 0, 0, 0, 0, 0, .. payload];
            part[6] = 44;
            BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(4), (ushort)(8 + length));
            BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(42), (ushort)(start | (hasMore ? 1 : 0)));
            BinaryPrimitives.WriteUInt32BigEndian(part.AsSpan(44), identification);
            return part;
        }

        byte[] cut = [.. packet[..header], .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)cut.Length);
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(4), (ushort)identification);
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(6), (ushort)((start / 8) | (hasMore ? 0x2000 : 0)));
        cut.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(10), InternetChecksum.Of(cut.AsSpan(0, header)));
        return cut;
    }

    /// <summary>All parts of a packet, each with as many bytes of its payload.</summary>
    public static byte[][] Parts(byte[] packet, int most, uint identification)
    {
        int total = packet.Length - (packet[0] >> 4 == 4 ? 20 : 40);
        return [.. Enumerable.Range(0, (total + most - 1) / most).Select(i => Part(packet, i * most, Math.Min(most, total - (i * most)), (i + 1) * most < total, identification))];
    }

    /// <summary>Packets that a device would cut one with offloads into, by the book.</summary>
    public static IEnumerable<byte[]> Cut(byte[] packet, NetLab.Udp.Devices.PacketOffload offload)
    {
        if (offload.Kind == 0)
        {
            return [packet];
        }

        var pieces = new List<byte[]>();
        int ip = offload.ChecksumStart;
        int headers = ip + ((packet[ip + 12] >> 4) * 4);
        bool isIpv4 = packet[0] >> 4 == 4;
        byte[] source = packet[(isIpv4 ? 12 : 8)..(isIpv4 ? 16 : 24)];
        byte[] destination = packet[(isIpv4 ? 16 : 24)..(isIpv4 ? 20 : 40)];
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(ip + 4));
        for (int at = headers; at < packet.Length; at += offload.SegmentSize)
        {
            byte[] piece = [.. packet[..headers], .. packet[at..Math.Min(at + offload.SegmentSize, packet.Length)]];
            bool isLast = at + offload.SegmentSize >= packet.Length;
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(isIpv4 ? 2 : 4), (ushort)(isIpv4 ? piece.Length : piece.Length - 40));
            if (isIpv4)
            {
                piece.AsSpan(10, 2).Clear();
                BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(10), InternetChecksum.Of(piece.AsSpan(0, 20)));
            }

            BinaryPrimitives.WriteUInt32BigEndian(piece.AsSpan(ip + 4), unchecked(sequence + (uint)(at - headers)));
            piece[ip + 13] = (byte)(piece[ip + 13] & ~((isLast ? 0 : (int)(SegmentFlags.Psh | SegmentFlags.Fin)) | (at == headers ? 0 : (int)SegmentFlags.Cwr)));
            piece.AsSpan(ip + 16, 2).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(ip + 16), InternetChecksum.OfSegment(piece.AsSpan(ip), source, destination));
            pieces.Add(piece);
        }

        return pieces;
    }
}
