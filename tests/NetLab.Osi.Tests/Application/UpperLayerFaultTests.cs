using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests.Application;

/// <summary>Messages that others send though the book has them otherwise, on ports that say something else: each is what its bytes say.</summary>
public sealed class UpperLayerFaultTests
{
    private const string H2Settings = "\0\0\0\u0004\0\0\0\0\0";

    [Fact]
    public void Http_and_ssh_on_the_port_of_tls_are_what_they_are()
    {
        Assert.Contains("http.uri=/", new TcpTalk(443).Client("GET / HTTP/1.1\r\n\r\n").Fields);
        Assert.Contains("ssh.banner=SSH-2.0-x", new TcpTalk(443).Server("SSH-2.0-x\r\n").Fields);
    }

    [Fact]
    public void A_request_in_http_that_ssh_answers_leaves_both_to_be_read()
    {
        List<string> fields = new TcpTalk(40_123).Client("GET / HTTP/1.1\r\n\r\n").Server("SSH-2.0-x\r\n").Fields;
        Assert.Contains("http.uri=/", fields);
        Assert.Contains("ssh.banner=SSH-2.0-x", fields);
    }

    [Fact]
    public void A_blank_behind_the_version_is_left_out()
    {
        List<string> fields = new TcpTalk(80).Client("GET /a HTTP/1.1 \r\n\r\n").Fields;
        Assert.Contains("http.version=HTTP/1.1", fields);
        Assert.Contains("http.uri=/a", fields);
    }

    [Fact]
    public void Behind_an_upgrade_to_h2c_comes_http2()
    {
        List<string> fields = new TcpTalk(80).Client("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n").Server("HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n" + H2Settings)
            .Client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + H2Settings).Fields;
        Assert.Equal(2, fields.Count(f => f == "http2.type=4"));
    }

    [Fact]
    public void A_tunnel_says_by_its_bytes_or_by_its_own_port_what_is_in_it()
    {
        TcpTalk Connect(int port) => new TcpTalk(8080).Client($"CONNECT a:{port} HTTP/1.1\r\n\r\n").Server("HTTP/1.1 200 OK\r\n\r\n");
        Assert.Contains("ssh.banner=SSH-2.0-me", Connect(2222).Client("SSH-2.0-me\r\n").Fields);
        Assert.Contains("smtp.codes=220", Connect(25).Server("220 hello\r\n").Fields);
        Assert.DoesNotContain(Connect(9999).Client("\u0001\u0002strange").Fields, f => f.StartsWith("http.part", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n")]
    [InlineData("  5\r\nhello\r\n0  \r\n\r\n")]
    [InlineData("5 ; name=value\r\nhello\r\n0\r\n\r\n")]
    public void Blanks_may_stand_around_the_size_of_a_chunk(string body)
    {
        Assert.Contains("http.body_bytes=5", new TcpTalk(80).Client("GET / HTTP/1.1\r\n\r\n").Server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body).Fields);
    }

    [Fact]
    public void A_line_that_begins_with_a_blank_is_no_field_of_its_own()
    {
        Assert.DoesNotContain("http.transfer_encoding=chunked", new TcpTalk(80).Client("GET / HTTP/1.1\r\nA: b\r\n Transfer-Encoding: chunked\r\n\r\n").Fields);
    }

    [Fact]
    public void A_body_goes_to_the_protocol_of_its_media_type()
    {
        const string Description = "v=0\r\no=me 1 1 IN IP4 192.0.2.7\r\n";
        List<string> fields = new TcpTalk(80).Client($"PUT / HTTP/1.1\r\nContent-Type: application/sdp\r\nContent-Length: {Description.Length}\r\n\r\n{Description}").Fields;
        Assert.Contains("sdp.user=me", fields);
    }

    [Fact]
    public void A_dns_message_may_be_a_body_of_http()
    {
        const string Query = "\u0012\u0034\u0001\0\0\u0001\0\0\0\0\0\0\u0001a\0\0\u0001\0\u0001";
        List<string> fields = new TcpTalk(80).Client($"POST /dns-query HTTP/1.1\r\nContent-Type: application/dns-message\r\nContent-Length: {Query.Length}\r\n\r\n{Query}").Fields;
        Assert.Contains("dns.id=4660", fields);
        Assert.Contains("dns.name=a", fields);
    }

    [Fact]
    public void A_command_in_capitals_that_comes_in_crumbs_is_no_request_of_http()
    {
        List<string> fields = new TcpTalk(21).Client("USER ano").Client("nymous\r\n").Fields;
        Assert.Contains("ftp.commands=USER", fields);
    }

    [Fact]
    public void A_greeting_of_socks_on_any_port_leads_to_what_is_in_it()
    {
        List<string> fields = new TcpTalk(21_477).Client("\u0005\u0001\0").Server("\u0005\0").Client("\u0005\u0001\0\u0003\u0001a\0P").Server("\u0005\0\0\u0001\u0001\u0002\u0003\u0004\0P")
            .Client("GET /x HTTP/1.1\r\n\r\n").Fields;
        Assert.Contains("socks.target=a:80", fields);
        Assert.Contains("http.uri=/x", fields);
    }

    [Fact]
    public void A_hello_of_ssl_2_is_a_client_hello()
    {
        byte[] hello = [0x80, 0x1C, 1, 3, 1, 0, 3, 0, 0, 0, 16, 0, 0, 0x2F, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        List<string> fields = new TcpTalk(443).Client(hello).Fields;
        Assert.Contains("tls.handshakes=1", fields);
        Assert.Contains("tls.version=769", fields);
    }

    [Fact]
    public void A_server_hello_of_a_draft_has_neither_session_nor_compression()
    {
        byte[] random = new byte[32];
        byte[] body = [0x7F, 0x12, .. random, 0x13, 0x01, 0, 0];
        byte[] record = [22, 3, 1, 0, (byte)(body.Length + 4), 2, 0, 0, (byte)body.Length, .. body];
        List<string> fields = new TcpTalk(443).Server(record).Fields;
        Assert.Contains("tls.version=32530", fields);
        Assert.Contains("tls.cipher=4865", fields);
    }

    [Fact]
    public void Options_of_dhcp_may_stand_in_the_fields_of_names()
    {
        byte[] message = new byte[247];
        (message[0], message[1], message[2]) = (2, 1, 6);
        ((byte[])[0x63, 0x82, 0x53, 0x63, 52, 1, 3, 53, 1, 2, 255]).CopyTo(message, 236);
        ((byte[])[51, 4, 0, 0, 0, 9, 255]).CopyTo(message, 108);
        ((byte[])[12, 1, (byte)'h', 255]).CopyTo(message, 44);
        List<string> fields = new ProtocolSample("dhcp", "udp 67", "> " + Convert.ToHexString(message), "").Decode();
        Assert.Contains("dhcp.msg_type=2", fields);
        Assert.Contains("dhcp.lease=9", fields);
        Assert.Contains("dhcp.hostname=h", fields);
    }

    [Theory]
    [InlineData("1234 8180 0001 0000 0000 0000 C00C 0001 0001", "DNS name")]
    [InlineData("1234 8180 FFFF FFFF FFFF FFFF 00 0001 0001", "DNS counts: more records than bytes")]
    [InlineData("1234 8180 0000 0001 0000 0000 00 0001 0001 00000000 0010 01", "DNS data length")]
    public void A_dns_message_that_breaks_the_rules_says_so(string message, string what)
    {
        DecodeStop? stop = Stop(new ProtocolSample("dns", "udp 53", "< " + message, ""));
        Assert.Equal(DecodeStopReason.Malformed, stop?.Reason);
        Assert.Equal(what, stop?.What);
    }

    [Fact]
    public void A_fragment_of_a_dtls_message_that_is_longer_than_it_says_so()
    {
        DecodeStop? stop = Stop(new ProtocolSample("dtls", "udp 40101", "> 16 FEFF 0000 000000000000 000D 01 000001 0000 000000 000005 00", ""));
        Assert.Equal(DecodeStopReason.Malformed, stop?.Reason);
    }

    [Fact]
    public void Handshakes_of_quic_that_never_end_hold_a_bounded_memory()
    {
        var connections = new NetLab.Osi.Transport.Quic.QuicConnections();
        var detail = new NetLab.Osi.Presentation.TlsDetail();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 4000; i++)
        {
            NetLab.Osi.Transport.Quic.QuicConnection connection = connections.Begin();
            for (int piece = 1; piece < 30; piece++)
            {
                connection.TakeCrypto(fromLow: true, 2000 * piece, new byte[1000], detail);
            }
        }

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(connections);
        Assert.True(grown < 64 << 20, $"{grown >> 20} MiB");
    }

    [Theory]
    [InlineData("> \"PASV\" 0D0A < \"227 Entering (192,0,2,2,16,1)\" 0D0A")]
    [InlineData("> \"EPSV\" 0D0A < \"229 Entering (|||4097|)\" 0D0A")]
    public void A_data_connection_of_ftp_is_known_by_its_control_connection(string dialog)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        long number = 0;
        foreach (byte[] frame in (byte[][])[.. new ProtocolSample("ftp", "tcp 21", dialog, "").Frames(), .. new ProtocolSample("ftp_data", "tcp 4097", "< \"abc\"", "").Frames()])
        {
            decoder.Decode(new CapturedPacket(++number, new CaptureInterface(1, 0), 0, frame.Length, frame), decoded);
        }

        Assert.Equal("ftp_data", decoded.Entries[^1].Protocol.Name);
    }

    private static DecodeStop? Stop(ProtocolSample sample)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        byte[] frame = sample.Frames().First();
        decoder.Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, frame.Length, frame), decoded);
        return decoded.Stop;
    }
}
