using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests.User;

/// <summary>A protocol of a user's own is decoded, filtered, printed and put into columns like those built in.</summary>
public sealed class OwnProtocolTests
{
    private static readonly byte[] Message = [0xA5, 1, 0, 42, 7, .. "kitchen"u8];

    [Theory]
    [InlineData("udp.port==5301", 17, 5301)]
    [InlineData("udp", 17, 40000)]
    [InlineData("tcp.port==5301", 6, 5301)]
    [InlineData("tcp", 6, 40000)]
    [InlineData("ip.proto==253", 253, 0)]
    public void Is_found_by_number_and_by_how_it_begins(string selector, int ipProtocol, int port)
    {
        using var capture = new MemoryStream(PcapFile(1, Ethernet(0x0800, Ip(ipProtocol, Transport(ipProtocol, port)))));
        Packet packet = Assert.Single(Capture.Read(capture, With(selector)).Where("lamp.name contains \"kit\" and lamp.number == 42"));
        Assert.Equal("kitchen", packet["lamp.name"]!.Text);
        Assert.Equal(42, packet["lamp.number"]!.Number);
        Assert.Contains("lamp", packet.Protocols);
    }

    [Theory]
    [InlineData("eth.type==0x88b5", 1, true)]
    [InlineData("link.type==147", 147, false)]
    public void Is_found_by_link_type_and_EtherType(string selector, int linkType, bool inEthernet)
    {
        using var capture = new MemoryStream(PcapFile(linkType, inEthernet ? Ethernet(0x88B5, Message) : Message));
        Assert.Equal("kitchen", Assert.Single(Capture.Read(capture, With(selector)).Where("lamp"))["lamp.name"]!.ToString());
    }

    [Fact]
    public void Without_its_registration_nothing_knows_it()
    {
        using var capture = new MemoryStream(PcapFile(1, Ethernet(0x0800, Ip(17, Transport(17, 5301)))));
        Assert.DoesNotContain("lamp", Assert.Single(Capture.Read(capture)).Protocols);
        Assert.Throws<DisplayFilterException>(() => DisplayFilter.Parse("lamp.number == 1"));
    }

    [Fact]
    public void A_segment_at_a_time_its_message_in_a_stream_comes_whole()
    {
        byte[][] frames = [.. Enumerable.Range(0, Message.Length).Select(i => Ethernet(0x0800, Ip(6, Tcp(5301, (uint)i, Message[i..(i + 1)]))))];
        using var capture = new MemoryStream(PcapFile(1, frames));
        Packet packet = Assert.Single(Capture.Read(capture, With("tcp.port==5301")).Where("lamp.name"));
        Assert.Equal(Message.Length, packet.Number);
        Assert.Equal("kitchen", packet["lamp.name"]!.Text);
    }

    [Fact]
    public void Tree_JSON_and_columns_show_it()
    {
        ProtocolRegistry protocols = With("udp.port==5301").Protocols;
        using var capture = new MemoryStream(PcapFile(1, Ethernet(0x0800, Ip(17, Transport(17, 5301)))));
        Packet packet = Assert.Single(Capture.Read(capture, new DecoderOptions { Protocols = protocols }));
        using var text = new StringWriter();
        var tree = new PacketTree(text);
        packet.Describe(tree);
        Assert.Contains("command: 1 (on)", text.ToString(), StringComparison.Ordinal);
        using var output = new MemoryStream();
        using (var json = new JsonLines(output))
        {
            json.Begin(packet.Decoded);
            packet.Describe(json);
            json.End(packet.Decoded);
        }

        Assert.Contains("\"lamp\":42,\"name\":\"kitchen\"", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
        output.SetLength(0);
        Assert.True(protocols.TryFindField("lamp.name", out Field? name));
        Assert.True(protocols.TryFindField("udp.port", out Field? port));
        var table = new ColumnTable(output, [name, port], ColumnFormat.Tsv);
        table.Write(packet.Decoded, packet.Bytes);
        table.Flush();
        Assert.Equal("lamp.name\tudp.port\nkitchen\t40001,5301\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void A_selector_that_makes_no_sense_says_which_word()
    {
        Assert.Contains("'tpc.port'", Assert.Throws<FormatException>(() => With("tpc.port==1")).Message, StringComparison.Ordinal);
        Assert.Contains("'x'", Assert.Throws<FormatException>(() => With("udp.port==x")).Message, StringComparison.Ordinal);
    }

    private static DecoderOptions With(string selectors) => new() { Protocols = BuiltInProtocols.Registry.With(LampProtocol.Value, selectors) };

    private static byte[] Transport(int ipProtocol, int port) => ipProtocol switch
    {
        6 => Tcp(port, 0, Message),
        17 => [0x9C, 0x41, (byte)(port >> 8), (byte)port, 0, (byte)(8 + Message.Length), 0, 0, .. Message],
        _ => Message,
    };

    private static byte[] Tcp(int port, uint sequence, byte[] payload)
    {
        byte[] header = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(header, 40_001);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        header[12] = 5 << 4;
        header[13] = 0x18;
        return [.. header, .. payload];
    }

    private static byte[] Ip(int protocol, byte[] payload) =>
        [0x45, 0, 0, (byte)(20 + payload.Length), 0, 1, 0, 0, 64, (byte)protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, .. payload];

    private static byte[] Ethernet(int type, byte[] payload) => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, (byte)(type >> 8), (byte)type, .. payload];

    private static byte[] PcapFile(int linkType, params byte[][] frames)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write(0xA1B2C3D4);
        writer.Write(0x0004_0002);
        writer.Write(0L);
        writer.Write(65535);
        writer.Write(linkType);
        foreach (byte[] frame in frames)
        {
            writer.Write(0L);
            writer.Write(frame.Length);
            writer.Write(frame.Length);
            writer.Write(frame);
        }

        writer.Flush();
        return file.ToArray();
    }
}
