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
        using MemoryStream capture = Frames.Pcap(1, Frames.Ethernet(0x0800, Frames.Ip(ipProtocol, Transport(ipProtocol, port))));
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
        using MemoryStream capture = Frames.Pcap(linkType, inEthernet ? Frames.Ethernet(0x88B5, Message) : Message);
        Assert.Equal("kitchen", Assert.Single(Capture.Read(capture, With(selector)).Where("lamp"))["lamp.name"]!.ToString());
    }

    [Fact]
    public void Without_its_registration_nothing_knows_it()
    {
        using MemoryStream capture = Frames.Pcap(1, Frames.Ethernet(0x0800, Frames.Ip(17, Transport(17, 5301))));
        Assert.DoesNotContain("lamp", Assert.Single(Capture.Read(capture)).Protocols);
        Assert.Throws<DisplayFilterException>(() => DisplayFilter.Parse("lamp.number == 1"));
    }

    [Fact]
    public void A_segment_at_a_time_its_message_in_a_stream_comes_whole()
    {
        byte[][] frames = [.. Enumerable.Range(0, Message.Length).Select(i => Frames.Ethernet(0x0800, Frames.Ip(6, Frames.Tcp(5301, (uint)i, Message[i..(i + 1)]))))];
        using MemoryStream capture = Frames.Pcap(1, frames);
        Packet packet = Assert.Single(Capture.Read(capture, With("tcp.port==5301")).Where("lamp.name"));
        Assert.Equal(Message.Length, packet.Number);
        Assert.Equal("kitchen", packet["lamp.name"]!.Text);
    }

    [Fact]
    public void Tree_JSON_and_columns_show_it()
    {
        ProtocolRegistry protocols = With("udp.port==5301").Protocols;
        using MemoryStream capture = Frames.Pcap(1, Frames.Ethernet(0x0800, Frames.Ip(17, Transport(17, 5301))));
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
        6 => Frames.Tcp(port, 0, Message),
        17 => Frames.Udp(port, Message),
        _ => Message,
    };
}
