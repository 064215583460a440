using System.Buffers.Binary;
using System.Net;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Network;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Tests;

/// <summary>A datagram that holds several of NetLab's segments, as a capture sees it that stands before the kernel's UDP_SEGMENT.</summary>
public class SegmentBatchTests
{
    private const int Payload = 1000;

    private static readonly IPEndPoint Client = new(IPAddress.Loopback, 40_000);
    private static readonly IPEndPoint Server = new(IPAddress.Loopback, 9000);

    [Theory]
    [InlineData(1, Payload)]
    [InlineData(2, 1)]
    [InlineData(5, 300)]
    [InlineData(40, Payload)]
    public void Each_segment_of_a_batch_is_a_segment_of_the_stream(int count, int last)
    {
        (PacketDecoder decoder, DecodedPacket decoded) = Decode(Batch(count, last), cut: 0);
        Assert.Equal(count, Tcp(decoded));
        TcpStream stream = Assert.Single(decoder.TcpStreams);
        Assert.Equal(((count - 1) * Payload) + last, stream.ClientToServer.Bytes);
        Assert.False(stream.ClientToServer.HasGap);
        Assert.Null(decoded.Stop);
        Assert.Equal(0u, decoded.Session!.RelativeSequence - 1);
    }

    [Theory]
    [InlineData("udp.port==9000,tcp")]
    [InlineData("udp.port==40000,tcp")]
    public void It_is_cut_as_well_where_the_caller_said_that_the_port_carries_it(string rule)
    {
        byte[] frame = PacketBuilder.Udp(Client, Server, Batch(5, 300), sent: true);
        var decoder = new PacketDecoder(new DecoderOptions { Protocols = BuiltInProtocols.Registry.WithRule(rule) });
        var decoded = new DecodedPacket();
        decoder.Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, frame.Length, frame), decoded);
        Assert.Equal(5, Tcp(decoded));
        Assert.Equal((4 * Payload) + 300, Assert.Single(decoder.TcpStreams).ClientToServer.Bytes);
        Assert.Null(decoded.Stop);
    }

    [Fact]
    public void A_batch_that_the_capture_cut_is_taken_as_far_as_it_goes()
    {
        (PacketDecoder decoder, DecodedPacket decoded) = Decode(Batch(4, Payload), cut: 1500);
        Assert.Equal(3, Tcp(decoded));
        Assert.True(Assert.Single(decoder.TcpStreams).ClientToServer.HasGap);
        Assert.NotNull(decoded.Stop);
    }

    [Fact]
    public void A_line_says_how_many_there_are()
    {
        byte[] frame = PacketBuilder.Udp(Client, Server, Batch(3, 10), sent: true);
        var decoded = new DecodedPacket();
        new PacketDecoder().Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, frame.Length, frame), decoded);
        string line = new PacketSummary().Line(decoded, frame);
        Assert.Contains("eth/ip/udp/tcp×3 ", line, StringComparison.Ordinal);
        Assert.Contains(" len=2010", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Payloads_that_repeat_the_ports_do_not_cost_a_sum_each()
    {
        byte[] segment = Segment(1, [.. Enumerable.Range(0, 60_000).Select(i => (i % 4) switch { 0 => (byte)0x30, 1 => (byte)0x39, 2 => (byte)0x23, _ => (byte)0x28 })]);
        Assert.Equal(segment.Length, SegmentBatch.SegmentLength(segment));
        (_, DecodedPacket decoded) = Decode(segment, cut: 0);
        Assert.Equal(1, Tcp(decoded));
    }

    private static (PacketDecoder Decoder, DecodedPacket Decoded) Decode(byte[] datagram, int cut)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        byte[] syn = PacketBuilder.Udp(Client, Server, Segment(0, [], 0x02), sent: true);
        decoder.Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, syn.Length, syn), decoded);
        byte[] frame = PacketBuilder.Udp(Client, Server, datagram, sent: true);
        decoder.Decode(new CapturedPacket(2, new CaptureInterface(1, 0), 1000, frame.Length, frame.AsSpan(0, frame.Length - cut)), decoded);
        return (decoder, decoded);
    }

    private static int Tcp(DecodedPacket decoded)
    {
        int count = 0;
        foreach (LayerEntry entry in decoded.Entries)
        {
            count += entry.Protocol == TcpProtocol.Value ? 1 : 0;
        }

        return count;
    }

    private static byte[] Batch(int count, int last) =>
        [.. Enumerable.Range(0, count).SelectMany(i => Segment(1 + (uint)(i * Payload), new byte[i == count - 1 ? last : Payload]))];

    private static byte[] Segment(uint sequence, byte[] payload, byte flags = 0x10)
    {
        byte[] segment = [0x30, 0x39, 0x23, 0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        ushort sum = InternetChecksum.Fold(InternetChecksum.Sum(segment) + IpProtocols.Tcp + (ulong)segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), (ushort)~sum);
        return segment;
    }
}
