namespace NetLab.Osi.Tests.Session;

/// <summary>Segments whose ends the capture cut off: what is there of a message is shown, and the next message is read.</summary>
public sealed class CutSegmentTests
{
    private const string Request = "GET /a HTTP/1.1\r\nHost: example.org\r\nUser-Agent: something long\r\n\r\n";

    // A record of TLS with a ClientHello: version, random, no session, two ciphers, no compression but null, the name of the server.
    private static readonly string Hello = ClientHello();

    [Theory]
    [InlineData(4, "http.method=GET")]
    [InlineData(16, "http.version=HTTP/1.1")]
    [InlineData(42, "http.host=example.org")]
    [InlineData(52, "http.user_agent=some")]
    public void A_request_line_is_shown_as_far_as_it_goes(int captured, string field)
    {
        List<string> fields = new TcpTalk(80).ClientCut(Request, captured).ServerAck().Client(Request).Fields;
        Assert.Contains(field, fields);
        Assert.Equal(2, fields.Count(f => f == "http.method=GET"));
        Assert.Contains("http.user_agent=something long", fields);
    }

    [Theory]
    [InlineData(9, "http.version=HTTP/1.1", 0)]
    [InlineData(14, "http.status=200", 1)]
    [InlineData(40, "http.status=200", 1)]
    [InlineData(48, "http.content_length=20", 1)]
    public void A_response_is_shown_although_its_body_is_cut(int captured, string field, int first)
    {
        const string Response = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789";
        TcpTalk talk = new TcpTalk(80).Client(Request).ServerCut(Response, captured);
        Assert.Contains(field, talk.Fields);
        talk.ClientAck().Client(Request).Server("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(first, talk.Fields.Count(f => f == "http.status=200"));
        Assert.Single(talk.Fields, f => f == "http.status=404");
        Assert.DoesNotContain(talk.Fields, f => f.StartsWith("http.body_bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chunked_body_that_is_cut_leaves_its_header()
    {
        TcpTalk talk = new TcpTalk(80).Client(Request).ServerCut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 55).ClientAck()
            .Client(Request).Server("HTTP/1.1 204 None\r\n\r\n");
        Assert.Equal(["200", "204"], talk.Fields.Where(f => f.StartsWith("http.status=", StringComparison.Ordinal)).Select(f => f[12..]));
    }

    [Fact]
    public void A_command_is_shown_as_far_as_it_goes()
    {
        List<string> fields = new TcpTalk(21).ClientCut("USER anonymous\r\n", 8).ServerAck().Client("PASS x\r\n").Fields;
        Assert.Contains("ftp.commands=USER", fields);
        Assert.Contains("ftp.commands=PASS", fields);
    }

    [Fact]
    public void A_record_of_tls_is_named_and_its_hello_read_as_far_as_it_goes()
    {
        List<string> fields = new TcpTalk(443).ClientCut(Hello, 50).Fields;
        Assert.Contains("tls.records=22", fields);
        Assert.Contains("tls.handshakes=1", fields);
        Assert.Contains("tls.version=771", fields);
        Assert.DoesNotContain("tls.sni=a.example", fields);
    }

    [Fact]
    public void Records_of_tls_go_on_behind_one_that_is_cut()
    {
        const string Data = "\u0017\u0003\u0003\0\u0010ABCDEFGHIJKLMNOP";
        List<string> fields = new TcpTalk(443).Client(Hello).ClientCut(Data, 9).ServerAck().Client(Data).ClientCut(Data, 5).Fields;
        Assert.Contains("tls.sni=a.example", fields);
        Assert.Equal(3, fields.Count(f => f == "tls.records=23"));
    }

    [Theory]
    [InlineData(389, "0\u000C\u0002\u0001\u0001w\u0007\u0080\u0005a.b.c")]
    [InlineData(5432, "\0\0\0\u0008\u0004\u00D2\u0016/")]
    [InlineData(3306, "\u0020\0\0\u0001\u0085\u00AE\u000F\0\0\0\0\u0001\u0021\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void A_protocol_of_messages_may_go_on_in_tls(int port, string before)
    {
        List<string> fields = new TcpTalk(port).Client(before).Client(Hello).Fields;
        Assert.Contains("tls.sni=a.example", fields);
    }

    private static string ClientHello()
    {
        const string Name = "a.example";
        string names = $"\0\0\0{(char)(Name.Length + 5)}\0{(char)(Name.Length + 3)}\0\0{(char)Name.Length}{Name}";
        string body = "\u0003\u0003" + new string('r', 32) + "\0\0\u0004\u0013\u0001\u0013\u0002\u0001\0\0" + (char)names.Length + names;
        return $"\u0016\u0003\u0001\0{(char)(body.Length + 4)}\u0001\0\0{(char)body.Length}{body}";
    }
}
