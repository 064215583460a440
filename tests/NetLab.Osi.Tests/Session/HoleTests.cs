namespace NetLab.Osi.Tests.Session;

/// <summary>Segments that were not captured: what follows them is still read.</summary>
public sealed class HoleTests
{
    [Fact]
    public void Behind_a_hole_that_was_acknowledged_messages_go_on()
    {
        var talk = new TcpTalk(80);
        for (int i = 0; i < 6; i++)
        {
            string response = Response(i);
            talk.Client(Request(i));
            _ = i == 2 ? talk.ServerLost(response.Length) : talk.Server(response);
            talk.ClientAck();
        }

        Assert.Equal(["200", "201", "203", "204", "205"], talk.Fields.Where(f => f.StartsWith("http.status=", StringComparison.Ordinal)).Select(f => f[12..]));
        Assert.True(talk.Stream.ServerToClient.HasGap);
        Assert.Equal(2 * Response(0).Length, talk.Stream.ServerToClient.Bytes);
    }

    [Fact]
    public void A_hole_that_nobody_acknowledged_is_waited_for()
    {
        TcpTalk talk = new TcpTalk(80).Server("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n").ServerAt(10, "0123456789").Client(Request(1));
        Assert.DoesNotContain("http.status=200", talk.Fields);
        talk.ServerAt(0, "abcdefghij");
        Assert.Contains("http.body_bytes=20", talk.Fields);
        Assert.False(talk.Stream.ServerToClient.HasGap);
    }

    [Fact]
    public void A_body_with_a_hole_in_it_ends_where_its_length_says()
    {
        TcpTalk talk = new TcpTalk(80).Server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + new string('a', 20)).ServerLost(50).ClientAck()
            .Server(new string('b', 30) + "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n").ClientAck();
        Assert.Equal(["200", "404"], talk.Fields.Where(f => f.StartsWith("http.status=", StringComparison.Ordinal)).Select(f => f[12..]));
        Assert.DoesNotContain(talk.Fields, f => f.StartsWith("http.body_bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public void A_keep_alive_that_came_first_is_no_hole_for_ever()
    {
        TcpTalk talk = new TcpTalk(80).ClientKeepAlive().ServerAck();
        for (int i = 0; i < 3; i++)
        {
            talk.Client(Request(i)).Server("HTTP/1.1 204 Empty\r\n\r\n");
        }

        Assert.Equal(["/0", "/1", "/2"], talk.Fields.Where(f => f.StartsWith("http.uri=", StringComparison.Ordinal)).Select(f => f[9..]));
    }

    [Fact]
    public void Lines_go_on_behind_a_hole()
    {
        TcpTalk talk = new TcpTalk(25).Server("220 hi\r\n").Client("HELO a\r\n").ServerLost(10).ClientAck().Server("251 forwarded\r\n").ClientAck().Server("221 bye\r\n");
        Assert.Contains("smtp.codes=251", talk.Fields);
        Assert.Contains("smtp.codes=221", talk.Fields);
    }

    [Fact]
    public void Records_of_tls_go_on_behind_a_hole()
    {
        TcpTalk talk = new TcpTalk(443).Server([23, 3, 3, 0, 100, .. new byte[20]]).ServerLost(30).ClientAck().Server([.. new byte[50], 21, 3, 3, 0, 2, 1, 0]);
        Assert.Contains("tls.records=23,21", talk.Fields);
        talk = new TcpTalk(443).Server([23, 3, 3, 0, 100, .. new byte[20]]).ServerLost(300).ClientAck().Server([21, 3, 3, 0, 2, 2, 40]);
        Assert.Contains("tls.alerts=40", talk.Fields);
    }

    [Fact]
    public void A_fin_of_something_before_the_handshake_ends_nothing()
    {
        TcpTalk talk = new TcpTalk(25).ClientSyn().ServerAt(0, "", fin: true).ServerSyn(500).Server("220 hi\r\n");
        Assert.Contains("smtp.codes=220", talk.Fields);
        Assert.Equal(8, talk.Stream.ServerToClient.Bytes);
        Assert.False(talk.Stream.ServerToClient.HasGap);
        Assert.Equal(NetLab.Osi.Session.TcpSessionState.Answered, talk.Stream.State);
    }

    private static string Request(int i) => $"GET /{i} HTTP/1.1\r\n\r\n";

    private static string Response(int i) => $"HTTP/1.1 2{i:00} Yes\r\nContent-Length: 100\r\n\r\n{new string('x', 100)}";
}
