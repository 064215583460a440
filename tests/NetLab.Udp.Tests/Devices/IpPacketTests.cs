using System.Buffers.Binary;
using CsCheck;
using NetLab.Udp.Devices;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Devices;

/// <summary>What a link reads in IP packets and changes in them, whatever bytes they are.</summary>
public sealed class IpPacketTests
{
    // From 10.9.1.1 port 4660 to 10.9.2.1 port 80, TCP, ECT(0); its checksum is right.
    private static readonly byte[] Ipv4 = WithChecksum(
        [0x45, 0x02, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 9, 1, 1, 10, 9, 2, 1, 0x12, 0x34, 0, 80, .. new byte[16]]);

    private static readonly byte[] Ipv6 =
    [
        0x60, 0x10, 0, 0, 0, 8, 17, 64, 0xFD, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFD, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x12, 0x34, 0, 53, 0, 8, 0, 0,
    ];

    [Fact]
    public void The_mark_is_read_and_set_and_the_checksum_stays_right()
    {
        foreach (EcnCodepoint ecn in Enum.GetValues<EcnCodepoint>())
        {
            (byte[] four, byte[] six) = ([.. Ipv4], [.. Ipv6]);
            IpPacket.SetEcn(four, ecn);
            IpPacket.SetEcn(six, ecn);
            Assert.Equal((ecn, ecn), (IpPacket.EcnOf(four), IpPacket.EcnOf(six)));
            Assert.Equal(WithChecksum([.. four]), four);
            Assert.Equal(Ipv6[2..], six[2..]);
            Assert.Equal(Ipv6[0], six[0]);
        }
    }

    [Fact]
    public void The_checksum_is_right_after_a_mark_whatever_the_header() =>
        Gen.Select(Gen.Byte.Array[20], Gen.Int[0, 3]).Sample((header, ecn) =>
        {
            header[0] = 0x45;
            byte[] packet = WithChecksum(header);
            IpPacket.SetEcn(packet, (EcnCodepoint)ecn);
            int sum = Enumerable.Range(0, 10).Sum(i => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2 * i)));
            sum = (sum & 0xFFFF) + (sum >> 16);
            Assert.Equal(0xFFFF, (sum & 0xFFFF) + (sum >> 16));
        });

    [Fact]
    public void A_flow_is_ends_ports_and_protocol()
    {
        uint flow = IpPacket.FlowOf(Ipv4);
        Assert.Equal(flow, IpPacket.FlowOf([.. Ipv4]));
        foreach (int at in (int[])[9, 12, 19, 20, 23])
        {
            byte[] other = [.. Ipv4];
            other[at] ^= 1;
            Assert.NotEqual(flow, IpPacket.FlowOf(other));
        }

        // Parts of one datagram: only the first one has ports.
        (byte[] first, byte[] second) = ([.. Ipv4], [.. Ipv4]);
        (first[6], second[7], second[20]) = (0x20, 5, 99);
        Assert.Equal(IpPacket.FlowOf(first), IpPacket.FlowOf(second));
    }

    [Fact]
    public void What_follows_the_header_is_as_long_as_both_say()
    {
        Assert.Equal(Ipv4[20..], IpPacket.PayloadOf([.. Ipv4, 1, 2, 3], out byte protocol, out bool isFragment).ToArray());
        Assert.Equal((6, false), (protocol, isFragment));
        Assert.Equal(Ipv6[40..], IpPacket.PayloadOf(Ipv6, out protocol, out _).ToArray());
        Assert.Equal(17, protocol);
    }

    [Fact]
    public void Any_bytes_are_taken() =>
        Gen.Byte.Array[0, 80].Sample(bytes =>
        {
            byte[] before = [.. bytes];
            IpPacket.FlowOf(bytes);
            IpPacket.PayloadOf(bytes, out _, out _);
            IpPacket.SetEcn(bytes, EcnCodepoint.Ce);
            Assert.True(bytes.SequenceEqual(before) || IpPacket.EcnOf(bytes) == EcnCodepoint.Ce);
        });

    private static byte[] WithChecksum(byte[] packet)
    {
        packet.AsSpan(10, 2).Clear();
        int sum = Enumerable.Range(0, 10).Sum(i => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2 * i)));
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~((sum & 0xFFFF) + (sum >> 16)));
        return packet;
    }
}
