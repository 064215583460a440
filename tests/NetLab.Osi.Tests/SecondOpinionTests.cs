using System.Net;
using CsCheck;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using PacketDotNet;

namespace NetLab.Osi.Tests;

/// <summary>What we build and read, read by PacketDotNet too.</summary>
public sealed class SecondOpinionTests
{
    [Theory]
    [InlineData("127.0.0.1", "10.1.2.3")]
    [InlineData("::1", "fe80::1")]
    public void A_built_datagram_is_what_both_read(string from, string to) => Gen.Byte.Array[0, 1500].Sample(payload =>
    {
        byte[] frame = PacketBuilder.Udp(new IPEndPoint(IPAddress.Parse(from), 1234), new IPEndPoint(IPAddress.Parse(to), 61_999), payload, sent: true);
        var udp = Packet.ParsePacket(LinkLayers.Ethernet, frame).Extract<UdpPacket>();
        Assert.Equal((1234, 61_999), (udp.SourcePort, udp.DestinationPort));
        Assert.Equal(payload, udp.PayloadData ?? []);
        Assert.True(udp.ValidUdpChecksum);

        var decoder = new PacketDecoder();
        var source = new CaptureInterface(1, 0);
        var decoded = new DecodedPacket();
        decoder.Decode(new CapturedPacket(1, source, 0, frame.Length, frame), decoded);
        Assert.Null(decoded.Stop);
        LayerEntry entry = decoded.Entries.ToArray().Single(e => e.Protocol.Name == "udp");
        Assert.Equal(payload, frame[entry.PayloadOffset..(entry.PayloadOffset + entry.PayloadLength)]);
        var facts = new FieldList();
        PacketDecoder.Describe(frame, decoded, facts);
        Assert.Equal("True", facts["udp.checksum_ok"]);
        Assert.Equal(from.Contains(':', StringComparison.Ordinal) ? null : "True", facts["ip.checksum_ok"]);
    });
}
