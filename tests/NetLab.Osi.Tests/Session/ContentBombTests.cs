using System.IO.Compression;
using System.Text;

namespace NetLab.Osi.Tests.Session;

/// <summary>Bodies whose codings are made to cost time and memory.</summary>
public sealed class ContentBombTests
{
    [Fact]
    public void A_body_of_more_than_four_codings_is_not_opened()
    {
        Assert.Contains("http.body_bytes=5", Fields(Coded(4), "gzip, gzip,identity, gzip, gzip"));
        Assert.DoesNotContain(Fields(Coded(5), "gzip, gzip, gzip, gzip, gzip"), IsBody);
        Assert.DoesNotContain(Fields([0], string.Join(',', Enumerable.Repeat("br", 10_000))), IsBody);
    }

    [Fact]
    public void All_bodies_together_have_a_budget_at_every_stage()
    {
        // Each becomes 10 MiB at its first stage; the second, of empty blocks, gives nothing at all.
        byte[] emptyBlocks = new byte[10 << 20];
        for (int i = 0; i + 5 <= emptyBlocks.Length; i += 5)
        {
            (emptyBlocks[i + 3], emptyBlocks[i + 4]) = (0xFF, 0xFF);
        }

        byte[] bomb = Gzip(emptyBlocks);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var talk = new TcpTalk(80);
        for (int i = 0; i < 40; i++)
        {
            talk.Client("GET / HTTP/1.1\r\n\r\n").Server(Response(bomb, "deflate, gzip"));
        }

        Assert.Equal(40, talk.Fields.Count(f => f == "http.status=200"));
        Assert.DoesNotContain(talk.Fields, IsBody);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);

        // What is ordinary is still opened.
        talk.Client("GET / HTTP/1.1\r\n\r\n").Server(Response(Gzip(new byte[30_000]), "gzip"));
        Assert.Contains("http.body_bytes=30000", talk.Fields);
    }

    private static bool IsBody(string field) => field.StartsWith("http.body_bytes=", StringComparison.Ordinal);

    private static List<string> Fields(byte[] body, string codings) =>
        new TcpTalk(80).Client("GET / HTTP/1.1\r\n\r\n").Server(Response(body, codings)).Fields;

    private static byte[] Response(byte[] body, string codings) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {codings}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    private static byte[] Coded(int times)
    {
        byte[] body = "hello"u8.ToArray();
        for (int i = 0; i < times; i++)
        {
            body = Gzip(body);
        }

        return body;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
