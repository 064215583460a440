namespace NetLab.Osi.Tests.Session;

/// <summary>What is made of conversations whose segments come in pieces, out of order, or with something missing.</summary>
public sealed class TcpTalkTests
{
    private const string Response = "HTTP/1.1 200 OK\r\n\r\nuntil the end";

    [Fact]
    public void A_fin_that_overtakes_data_ends_nothing_before_its_place()
    {
        TcpTalk talk = new TcpTalk(80).Client("GET / HTTP/1.1\r\n\r\n").Server(Response[..20]).ServerAt(Response.Length - 20, "", fin: true).Server(Response[20..]);
        Assert.Equal(Response.Length, talk.Stream.ServerToClient.Bytes);
        Assert.False(talk.Stream.ServerToClient.HasGap);
        Assert.Contains("http.body_bytes=13", talk.Fields);
    }

    [Fact]
    public void A_hole_that_is_filled_after_the_fin_completes_the_message()
    {
        TcpTalk talk = new TcpTalk(80).Client("GET / HTTP/1.1\r\n\r\n").Server(Response[..10]).ServerAt(10, Response[20..], fin: true);
        Assert.DoesNotContain("http.status=200", talk.Fields);
        talk.Server(Response[10..20]);
        Assert.Contains("http.body_bytes=13", talk.Fields);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_request_may_come_in_pieces_of_any_size(int size)
    {
        var talk = new TcpTalk(80);
        foreach (char[] piece in "GET /a HTTP/1.1\r\nHost: b\r\n\r\nPOST /c HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc".Chunk(size))
        {
            talk.Client(new string(piece));
        }

        Assert.Contains("http.uri=/a", talk.Fields);
        Assert.Contains("http.uri=/c", talk.Fields);
        Assert.Contains("http.body_bytes=3", talk.Fields);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void On_a_port_that_says_nothing_a_request_is_recognized_though_it_comes_in_crumbs(int size)
    {
        var talk = new TcpTalk(40_123);
        foreach (char[] piece in "GET /crumbs HTTP/1.1\r\nHost: b\r\n\r\n".Chunk(size))
        {
            talk.Client(new string(piece));
        }

        Assert.Contains("http.uri=/crumbs", talk.Fields);
    }

    [Fact]
    public void What_begins_after_a_few_strange_bytes_is_recognized()
    {
        TcpTalk talk = new TcpTalk(40_123).Client("\u0001\u0002").Client("GET /after HTTP/1.1\r\n\r\n");
        Assert.Contains("http.uri=/after", talk.Fields);
    }

    [Fact]
    public void What_stood_before_the_other_direction_said_what_is_spoken_is_no_part_of_it()
    {
        TcpTalk talk = new TcpTalk(40_123).Client("abc}").Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").Client("GET /next HTTP/1.1\r\n\r\n");
        Assert.Contains("http.uri=/next", talk.Fields);
    }

    [Fact]
    public void A_mail_sent_with_pipelining_is_no_command()
    {
        TcpTalk talk = new TcpTalk(25).Server("220 hi\r\n").Client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n").Server("250 ok\r\n250 ok\r\n354 go on\r\n")
            .Client("Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n");
        Assert.Contains("smtp.commands=MAIL,RCPT,DATA", talk.Fields);
        Assert.Contains("smtp.commands=QUIT", talk.Fields);
        Assert.DoesNotContain(talk.Fields, f => f.Contains("Subj", StringComparison.Ordinal));
    }

    [Fact]
    public void An_imap_command_may_end_where_its_name_should_begin()
    {
        TcpTalk talk = new TcpTalk(143).Client("a UID\r\nb UID FETCH 1\r\n");
        Assert.Contains("imap.commands=,FETCH", talk.Fields);
    }

    [Fact]
    public void What_follows_socks_is_recognized()
    {
        byte[] request = [4, 1, 0, 80, 0, 0, 0, 1, (byte)'u', 0, .. "lab.example"u8, 0];
        TcpTalk talk = new TcpTalk(1080).Client(request).Server([0, 90, 0, 0, 0, 0, 0, 0]).Client("GET /behind HTTP/1.1\r\n\r\n");
        Assert.Contains("socks.target=lab.example:80", talk.Fields);
        Assert.Contains("http.uri=/behind", talk.Fields);
    }

    [Fact]
    public void A_handshake_of_tls_may_come_in_records_of_a_byte()
    {
        byte[] hello = [1, 0, 0, 43, 3, 3, .. new byte[32], 0, 0, 2, 0x13, 0x01, 1, 0, 0, 0];
        var talk = new TcpTalk(443);
        foreach (byte b in hello)
        {
            talk.Client([22, 3, 1, 0, 1, b]);
        }

        Assert.Contains("tls.handshakes=1", talk.Fields);
        Assert.Contains("tls.ciphers=4865", talk.Fields);
    }

    [Fact]
    public void Starttls_switches_both_directions()
    {
        TcpTalk talk = new TcpTalk(143).Server("* OK hi\r\n").Client("a STARTTLS\r\n").Server("a OK go on\r\n").Client([22, 3, 1, 0, 2, 0, 0]).Server([21, 3, 3, 0, 2, 2, 40]);
        Assert.Contains("tls.records=22", talk.Fields);
        Assert.Contains("tls.alerts=40", talk.Fields);
    }
}
