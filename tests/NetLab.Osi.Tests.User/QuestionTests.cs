using System.Net;
using System.Text;
using NetLab.Osi.Filters;
using NetLab.Osi.Queries;

namespace NetLab.Osi.Tests.User;

/// <summary>Questions to a capture from a program that is no friend of the library: chosen, typed, said of what is not there.</summary>
public sealed class QuestionTests
{
    private static readonly byte[] Question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 3, .. "org"u8, 0, 0, 1, 0, 1];
    private static readonly byte[] Answer = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. Question[12..], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7];

    [Fact]
    public void Names_that_were_asked_for()
    {
        using MemoryStream capture = Capture(Question, Answer);
        Assert.Equal(["example.org"], Queries.Capture.Read(capture).Where("dns.flags.response == 0").Select(p => p["dns.qry.name"]!.Text));
    }

    [Fact]
    public void Values_have_types()
    {
        using MemoryStream capture = Capture(Question, Answer);
        Packet packet = Assert.Single(Queries.Capture.Read(capture).Where("dns.a").Where("ip.src == 10.0.0.2"));
        Assert.Equal(IPAddress.Parse("192.0.2.7"), packet["dns.a"]!.Address);
        Assert.True(packet["dns.flags.response"]!.IsTrue);
        Assert.Equal(60, packet["dns.resp.ttl"]!.Number);
        Assert.Equal([40_001L, 53L], packet.Values("udp.port").Select(v => v.Number).Order().Reverse());
        Assert.Equal(["dns", "eth", "frame", "ip", "udp"], packet.Protocols.Order());
        Assert.True(packet.Has("dns") && !packet.Has("tcp"));
        Assert.Throws<InvalidOperationException>(() => packet["dns.a"]!.Number);
        Assert.Null(packet["tcp.port"]);
    }

    [Fact]
    public void What_is_no_field_and_no_filter_says_so()
    {
        using MemoryStream capture = Capture(Question);
        Packet packet = Assert.Single(Queries.Capture.Read(capture));
        Assert.Contains("dns.qry.name", Assert.Throws<ArgumentException>(() => packet["dns.qry.nam"]).Message, StringComparison.Ordinal);
        Assert.Throws<DisplayFilterException>(() => Queries.Capture.Read("never-opened.pcap").Where("dns.qry.name =="));
    }

    [Theory]
    [InlineData("/redirect?to=http://b.example/", "http://a.example/redirect?to=http://b.example/")]
    [InlineData("http://b.example/x", "http://b.example/x")]
    public void A_target_is_absolute_by_how_it_begins(string target, string full)
    {
        byte[] request = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n");
        using MemoryStream capture = Frames.Pcap(1, Frames.Ethernet(0x0800, Frames.Ip(6, Frames.Tcp(80, 0, request))));
        Assert.Equal(full, Assert.Single(Queries.Capture.Read(capture))["http.request.full_uri"]!.Text);
    }

    private static MemoryStream Capture(params byte[][] messages) => Frames.Pcap(1, [.. messages.Select(m => Frame(m, (m[2] & 0x80) == 0))]);

    private static byte[] Frame(byte[] message, bool isQuestion) => Frames.Ethernet(0x0800, Frames.Ip(17, Frames.Udp(53, message, isQuestion), isQuestion));
}
