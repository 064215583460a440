using System.Net;
using System.Security.Cryptography;
using NetLab.Osi.Application;
using NetLab.Osi.DataLink;
using NetLab.Osi.Decoding;
using NetLab.Osi.Network;
using NetLab.Osi.Presentation;
using NetLab.Osi.Queries;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Tests.User;

/// <summary>Headers and messages as types, for a program that is no friend of the library.</summary>
public sealed class ViewTests
{
    private static readonly byte[] Question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 3, .. "org"u8, 0, 0, 1, 0, 1];

    // The address of the name, whose mail goes to mail.example.org; both names point to the question's.
    private static readonly byte[] Answer =
    [
        0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 1, .. Question[12..],
        0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7,
        0xC0, 12, 0, 15, 0, 1, 0, 0, 1, 44, 0, 9, 0, 10, 4, .. "mail"u8, 0xC0, 12,
        0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0,
    ];

    [Fact]
    public void Headers_are_read_where_they_stand()
    {
        Packet packet = Assert.Single(Read(Ethernet(6, Frames.Tcp(80, 7, [1, 2, 3]))));
        Assert.True(packet.TryRead(out EthernetHeader ethernet) && ethernet.TypeOrLength == 0x0800 && ethernet.Source.SequenceEqual((byte[])[2, 0, 0, 0, 0, 2]));
        Assert.True(packet.TryRead(out Ipv4Header ip) && ip.TotalLength == 43 && new IPAddress(ip.Destination).Equals(IPAddress.Parse("10.0.0.2")));
        Assert.True(packet.TryRead(out TcpHeader tcp));
        Assert.Equal((40_001, 80, 7u, 20, 8192), (tcp.SourcePort, tcp.DestinationPort, tcp.Sequence, tcp.HeaderLength, tcp.Window));
        Assert.True(tcp.Has(TcpHeader.Psh | TcpHeader.Ack));
        Assert.False(tcp.Has(TcpHeader.Syn));
        Assert.Equal("PSH, ACK", TcpHeader.FlagNames(tcp.Flags));
        Assert.False(packet.TryRead(out UdpHeader _));
        Assert.False(packet.TryRead(out TcpHeader _, occurrence: 1));
    }

    [Fact]
    public void The_headers_of_a_tunnel_are_told_apart()
    {
        byte[] inner = [0x60, 0, 0, 5, 0, 8, 17, 63, .. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::2").GetAddressBytes(), .. Frames.Udp(9, [])];
        Packet packet = Assert.Single(Read(Ethernet(4, Frames.Ip(41, inner))));
        Assert.True(packet.TryRead(out Ipv4Header outer) && outer.Protocol == 4);
        Assert.True(packet.TryRead(out Ipv4Header second, occurrence: 1) && second.Protocol == 41);
        Assert.True(packet.TryRead(out Ipv6Header ipv6));
        Assert.Equal((5, 8, 17, 63), (ipv6.FlowLabel, ipv6.PayloadLength, ipv6.NextHeader, ipv6.HopLimit));
        Assert.True(packet.TryRead(out UdpHeader udp));
        Assert.Equal((40_001, 9, 8, (ushort)0), (udp.SourcePort, udp.DestinationPort, udp.Length, udp.Checksum));
    }

    [Fact]
    public void Questions_and_records_of_DNS()
    {
        Packet packet = Assert.Single(Read(Ethernet(17, Frames.Udp(53, Answer, fromClient: false), fromClient: false)));
        Assert.True(packet.TryRead(out DnsMessage dns));
        Assert.True(dns.IsResponse && dns.Id == 0x1234 && dns.ResponseCode == 0 && !dns.IsTruncated);
        Assert.Equal(new DnsQuestion("example.org", 1, 1), Assert.Single(dns.Questions));
        Assert.Collection(
            dns.Answers,
            a => Assert.Equal(("example.org", 1, 60L, IPAddress.Parse("192.0.2.7"), null), (a.Name, a.Type, a.TimeToLive, a.Address, a.Target)),
            m => Assert.Equal(("example.org", 15, 300L, null, "mail.example.org"), (m.Name, m.Type, m.TimeToLive, m.Address, m.Target)));
        Assert.Empty(dns.Authorities);
        DnsRecord options = Assert.Single(dns.Additional);
        Assert.Equal((".", 41, 1232), (options.Name, options.Type, options.Class));
    }

    [Fact]
    public void Of_DNS_that_is_cut_or_lies_what_is_whole_is_read()
    {
        for (int length = 0; length < Answer.Length; length++)
        {
            bool isRead = DnsMessage.TryRead(Answer.AsSpan(0, length), out DnsMessage dns);
            Assert.Equal(length >= DnsMessage.HeaderSize, isRead);
            if (isRead)
            {
                Assert.Equal(length >= Question.Length ? 1 : 0, dns.Questions.Count);
                Assert.Equal(length >= Question.Length + 16 + 21 ? 2 : length >= Question.Length + 16 ? 1 : 0, dns.Answers.Count);
                Assert.Empty(dns.Additional);
            }
        }

        // Counts that promise more than there is, and a name that points to itself.
        Assert.True(DnsMessage.TryRead((byte[])[0, 1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0, 12, 0, 1, 0, 1], out DnsMessage lies));
        Assert.Empty(lies.Questions);
        Assert.Empty(lies.Answers);
        Assert.Empty(lies.Additional);
    }

    [Fact]
    public void Requests_and_responses_of_HTTP()
    {
        byte[] request = [.. "GET /lamp HTTP/1.1\r\nHost: lab.example\r\nUser-Agent: test\r\n\r\n"u8];
        byte[] response = [.. "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"u8];
        HttpMessage[] messages =
        [
            .. Read(Ethernet(6, Frames.Tcp(80, 0, request)), Ethernet(6, Frames.Tcp(80, 0, response, fromClient: false), fromClient: false)).SelectMany(p => p.Messages<HttpMessage>()),
        ];
        Assert.Equal(2, messages.Length);
        Assert.Equal(("GET", "/lamp", "HTTP/1.1", "lab.example", "test"), (messages[0].Method, messages[0].Uri, messages[0].Version, messages[0].Host, messages[0].UserAgent));
        Assert.Equal((200, "OK", "text/plain", 5L, 5L), (messages[1].Status, messages[1].Phrase, messages[1].ContentType, messages[1].ContentLength, messages[1].BodyBytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("hello"u8)), messages[1].BodySha256);
        Assert.True(HttpMessage.TryRead(request, out HttpMessage? alone) && alone.Host == "lab.example");
        Assert.False(HttpMessage.TryRead("* OK IMAP4rev1\r\n\r\n"u8, out _));
    }

    [Fact]
    public void Hellos_of_TLS()
    {
        byte[] client = ClientBody();
        byte[] server = [3, 3, .. Enumerable.Repeat((byte)9, 32), 0, 0x13, 0x01, 0, 0, 6, 0, 43, 0, 2, 3, 4];
        Packet[] packets =
        [
            .. Read(Ethernet(6, Frames.Tcp(443, 0, Record(1, client))), Ethernet(6, Frames.Tcp(443, 0, Record(2, server), fromClient: false), fromClient: false)),
        ];
        ClientHello offered = Assert.Single(packets[0].Messages<ClientHello>());
        Assert.Equal((0x0303, "lab.example"), (offered.Version, offered.ServerName));
        Assert.Equal([0x1301, 0xC02F], offered.Ciphers);
        Assert.Equal(["h2", "http/1.1"], offered.Alpn);
        Assert.Equal([0x0304, 0x0303], offered.Versions);
        Assert.Equal([0, 16, 43], offered.ExtensionTypes);
        Assert.Equal(32, offered.Random.Length);
        ServerHello chosen = Assert.Single(packets[1].Messages<ServerHello>());
        Assert.Equal((0x1301, 0x0304, null), (chosen.Cipher, chosen.SelectedVersion, chosen.Alpn));
        Assert.Empty(packets[1].Messages<ClientHello>());
        Assert.True(ClientHello.TryRead(client, out ClientHello? alone) && alone.Ja3 == offered.Ja3);
        Assert.False(ClientHello.TryRead(client.AsSpan(0, 34), out _));
        Assert.False(ServerHello.TryRead(server.AsSpan(0, 10), out _));
    }

    [Fact]
    public void A_view_of_ones_own_is_read_in_the_same_way()
    {
        var options = new DecoderOptions { Protocols = BuiltInProtocols.Registry.With(LampProtocol.Value, "udp.port==5301") };
        using MemoryStream capture = Frames.Pcap(1, Ethernet(17, Frames.Udp(5301, [0xA5, 1, 0, 42, 1, (byte)'x'])));
        Packet packet = Assert.Single(Queries.Capture.Read(capture, options));
        Assert.True(packet.TryRead(out LampHeader lamp));
        Assert.Equal((true, 42), (lamp.IsOn, lamp.Lamp));
    }

    private static byte[] ClientBody()
    {
        byte[] name = [0, 0, 0, 16, 0, 14, 0, 0, 11, .. "lab.example"u8];
        byte[] alpn = [0, 16, 0, 14, 0, 12, 2, .. "h2"u8, 8, .. "http/1.1"u8];
        byte[] versions = [0, 43, 0, 5, 4, 3, 4, 3, 3];
        byte[] extensions = [.. name, .. alpn, .. versions];
        return [3, 3, .. Enumerable.Repeat((byte)7, 32), 0, 0, 4, 0x13, 0x01, 0xC0, 0x2F, 1, 0, 0, (byte)extensions.Length, .. extensions];
    }

    private static byte[] Record(byte type, byte[] body) => [22, 3, 1, 0, (byte)(body.Length + 4), type, 0, 0, (byte)body.Length, .. body];

    private static byte[] Ethernet(int protocol, byte[] payload, bool fromClient = true) => Frames.Ethernet(0x0800, Frames.Ip(protocol, payload, fromClient));

    private static IEnumerable<Packet> Read(params byte[][] frames) => Queries.Capture.Read(Frames.Pcap(1, frames));
}
