using System.Buffers.Binary;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>What layers 1 to 4 say of packets that others take apart wrongly, and of damaged ones.</summary>
public sealed class LowerLayerFaultTests
{
    private const string Ethernet = "020000000002020000000001";

    [Fact]
    public void A_checksum_is_summed_with_the_home_address()
    {
        // RFC 6275, 6.3: the care-of address stands in the header, the home address 2001:db8::99 in the option.
        byte[] datagram = Hex("7530 32c8 000c 0000 61626364");
        byte[] pseudo = [.. Hex("20010db8000000000000000000000099"), .. Hex("20010db8000000000000000000000002"), .. Hex("0000000c00000011"), .. datagram];
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), Checksum(pseudo));
        byte[] packet =
        [
            .. Hex(Ethernet + "86dd 60000000 0024 3c 40"), .. Hex("20010db8000000000000000000000001"), .. Hex("20010db8000000000000000000000002"),
            .. Hex("1102 0102 0000 c910 20010db8000000000000000000000099"), .. datagram,
        ];
        Assert.Equal("True", Decode(packet, out _)["udp.checksum_ok"]);
        packet[^1] ^= 1;
        Assert.Equal("False", Decode(packet, out _)["udp.checksum_ok"]);
    }

    [Theory]
    [InlineData("8307 04 0a000009 00", "0a000009")]
    [InlineData("8907 04 0a000009 00", "0a000009")]
    [InlineData("8307 08 0a000009 00", "0a000002")]
    [InlineData("01 830b 04 0a000007 0a000009", "0a000009")]
    public void A_checksum_is_summed_with_the_last_hop_of_a_source_route(string options, string destination)
    {
        byte[] route = Hex(options);
        byte[] datagram = Hex("0001 0002 000c 0000 61626364");
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), Checksum([.. Hex("0a000001" + destination + "0011000c"), .. datagram]));
        byte[] packet =
        [
            .. Hex(Ethernet + "0800"), (byte)(0x45 + (route.Length / 4)), 0, 0, (byte)(20 + route.Length + 12), .. Hex("0001 0000 40 11 0000 0a000001 0a000002"), .. route, .. datagram,
        ];
        Assert.Equal("True", Decode(packet, out _)["udp.checksum_ok"]);
    }

    [Theory]
    [InlineData("0800", "25")]
    [InlineData("0800", "55")]
    [InlineData("86dd", "70")]
    public void A_version_that_is_none_is_malformed(string type, string first)
    {
        byte[] packet = [.. Hex(Ethernet + type + first), .. new byte[60]];
        Decode(packet, out DecodedPacket decoded);
        Assert.Equal((DecodeStopReason.Malformed, OsiLayer.Network), (decoded.Stop!.Value.Reason, decoded.Stop.Value.Layer));
        Assert.DoesNotContain(decoded.Entries.ToArray(), e => e.Protocol.Name is "ip" or "ipv6");
    }

    [Fact]
    public void Version_4_behind_the_number_of_version_6_is_version_4()
    {
        FieldList fields = Decode(Hex(Ethernet + "86dd 4500001e 0001 0000 40 11 0000 0a000001 0a000002 0001 0002 000a 0000 6869"), out _);
        Assert.Equal(("10.0.0.1", "2"), (fields["ip.src"], fields["udp.dport"]));
    }

    [Fact]
    public void Of_a_message_that_ends_too_soon_the_fields_that_are_there_are_told()
    {
        FieldList fields = Decode(Ip(112, Hex("2102 0001 01ff")), out DecodedPacket decoded);
        Assert.Equal(("2", "2", "1"), (fields["vrrp.version"], fields["vrrp.router"], fields["vrrp.count"]));
        Assert.Equal((DecodeStopReason.BadLength, OsiLayer.Network), (decoded.Stop!.Value.Reason, decoded.Stop.Value.Layer));
        Assert.Equal("3", Decode(Ip(112, Hex("31")), out _)["vrrp.version"]);
        Decode(Ip(112, []), out decoded);
        Assert.DoesNotContain(decoded.Entries.ToArray(), e => e.Protocol.Name == "vrrp");
    }

    [Theory]
    [InlineData("0001 0303 07")]
    [InlineData("8001 880b 0000 0000 07")]
    [InlineData("1001 880b 00000001 07")]
    public void Version_1_of_GRE_without_its_key_says_no_length(string header)
    {
        Decode(Ip(47, Hex(header)), out DecodedPacket decoded);
        Assert.Contains(decoded.Entries.ToArray(), e => e.Protocol.Name == "gre");
    }

    [Fact]
    public void The_length_of_version_1_of_GRE_stands_in_the_key()
    {
        FieldList fields = Decode(Ip(47, Hex("a001 880b 0000 0000 0004 0007 ff03 0021 45")), out DecodedPacket decoded);
        Assert.Equal(("4", "7"), (fields["gre.payload_length"], fields["gre.call"]));
        Assert.Equal("ppp", decoded.Entries[^1].Protocol.Name);
    }

    [Fact]
    public void Version_1_of_PIM_is_a_message_of_IGMP()
    {
        FieldList fields = Decode(Ip(2, Hex("1404 6df4 10000000 ef7b7b7b ffffffff 01010101 0000 010e")), out DecodedPacket decoded);
        Assert.Equal(["igmp", "pim"], decoded.Entries.ToArray()[^2..].Select(e => e.Protocol.Name));
        Assert.Equal(("1", "4", "270"), (fields["pim.version"], fields["pim.code"], fields["pim.hold_time"]));
        Assert.Null(fields["igmp.igmp_type"]);
    }

    [Fact]
    public void A_datagram_that_answers_no_call_is_no_reply()
    {
        const string Call = "00000001 00000000 00000002 000186b5 00000003 00000000 00000000 00000000 00000000 00000000";
        const string Reply = "00000001 00000001 00000000 00000000 00000000 00000000";
        Assert.Equal(("data", "rpc", "rpc"), (Rpc(Reply), Rpc(Call, Call), Rpc(Call, Reply)));
        Assert.Equal("data", Rpc(Call, "00000002" + Reply[8..]));
    }

    // The innermost protocol of the last of some datagrams at a port of no protocol, of which the second and further ones go back.
    private static string Rpc(params string[] messages)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        for (int i = 0; i < messages.Length; i++)
        {
            byte[] message = Hex(messages[i]);
            byte[] packet = [.. Hex(Ethernet + "0800 4500"), 0, (byte)(28 + message.Length), .. Hex("0001 0000 40 11 0000" + (i == 0 ? "0a000001 0a000002 03ff 0801" : "0a000002 0a000001 0801 03ff")), 0, (byte)(8 + message.Length), 0, 0, .. message];
            decoder.Decode(new CapturedPacket(i + 1, new CaptureInterface(1, 0), i, packet.Length, packet), decoded);
        }

        return decoded.Entries[^1].Protocol.Name;
    }

    [Theory]
    [InlineData("0003 0003", DecodeStopReason.Malformed)]
    [InlineData("0003 000f 00000001 0000 0000 00000000", DecodeStopReason.Malformed)]
    [InlineData("0100 0002 00000001", DecodeStopReason.Malformed)]
    [InlineData("0100 0010 00000001 00000001 0001 0001", DecodeStopReason.Malformed)]
    [InlineData("0400 0020 0001", DecodeStopReason.BadLength)]
    public void An_sctp_chunk_whose_length_lies_is_said_so(string chunk, DecodeStopReason reason)
    {
        Decode(Ip(132, Hex("03e8 03e9 00000001 00000000" + chunk)), out DecodedPacket decoded);
        Assert.Equal((reason, OsiLayer.Transport), (decoded.Stop!.Value.Reason, decoded.Stop.Value.Layer));
    }

    [Theory]
    [InlineData("0003 0014 00000001 0000 0000 00000000 41424344", "0")]
    [InlineData("0003 0011 00000001 0000 0000 00000000 41 000000 0e00 0004", "0,14")]
    public void Chunks_are_listed(string chunks, string types) =>
        Assert.Equal(types, Decode(Ip(132, Hex("03e8 03e9 00000001 00000000" + chunks)), out _)["sctp.chunks"]);

    [Fact]
    public void What_sctp_carries_is_chosen_by_payload_protocol_and_then_by_port()
    {
        byte[] packet = Ip(132, Hex("03e8 03e9 00000001 00000000 0003 0014 00000001 0000 0000 0000000a 41424344"));
        Assert.Equal("lamp", Last(BuiltInProtocols.Registry.With(Lamp("lamp"), "sctp.ppi==10"), packet));
        Assert.Equal("lamp", Last(BuiltInProtocols.Registry.With(Lamp("lamp"), "sctp.port==1001"), packet));
        Assert.Equal("first", Last(BuiltInProtocols.Registry.With(Lamp("lamp"), "sctp.port==1001").With(Lamp("first"), "sctp.ppi==10"), packet));
        Assert.Equal("data", Last(BuiltInProtocols.Registry, packet));
    }

    [Fact]
    public void An_ip_packet_that_erspan_mirrors_is_no_ethernet_frame()
    {
        FieldList fields = Decode(Ip(47, Hex("1000 22eb 00000001 20640001 12345678 0000 8800 4500001e 0001 0000 40 11 0000 0a000001 0a000009 0fa0 0fa1 000a 0000 6869")), out DecodedPacket decoded);
        Assert.Equal("4001", fields["udp.dport"]);
        Assert.Single(decoded.Entries.ToArray(), e => e.Protocol.Name == "eth");
    }

    private static Protocol Lamp(string name) => new(name, OsiLayer.Application, "Lamps", [], (in Dissection dissection, int offset, int end) => dissection.Add(Lamp(name), offset, end - offset, end));

    private static string Last(ProtocolRegistry registry, byte[] packet)
    {
        var decoded = new DecodedPacket();
        new PacketDecoder(new DecoderOptions { Protocols = registry }).Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, packet.Length, packet), decoded);
        return decoded.Entries[^1].Protocol.Name;
    }

    private static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Ip(byte protocol, byte[] payload) =>
        [.. Hex(Ethernet + "0800 4500"), (byte)((20 + payload.Length) >> 8), (byte)(20 + payload.Length), .. Hex("0001 0000 40"), protocol, .. Hex("0000 0a000001 0a000002"), .. payload];

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }

    private static FieldList Decode(byte[] packet, out DecodedPacket decoded)
    {
        decoded = new DecodedPacket();
        var fields = new FieldList();
        new PacketDecoder().Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, packet.Length, packet), decoded);
        PacketDecoder.Describe(packet, decoded, fields);
        return fields;
    }
}
