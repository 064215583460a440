using System.Text.Json.Nodes;

namespace NetLab.Host.Tests.Http;

/// <summary><c>nlab http</c> against <c>nlab serve</c>.</summary>
public sealed class HttpCommandTests(ServedLab lab) : IClassFixture<ServedLab>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-http-client");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    public async Task The_body_goes_to_standard_output_and_the_rest_to_standard_error(string transport)
    {
        string url = transport == "tcp" ? lab.Tcp : lab.KernelTcp;
        Nlab.Ended got = await Nlab.Run("http", "GET", $"{url}/services");
        Assert.Equal(0, got.ExitCode);
        Assert.Contains(JsonNode.Parse(got.Output)!.AsArray(), s => (string?)s!["name"] == "echo-tcp");
        Assert.StartsWith("HTTP/1.1 200 OK", got.Errors, StringComparison.Ordinal);

        Nlab.Ended missing = await Nlab.Run("http", "get", $"{url}/services/nobody");
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith("HTTP/1.1 404 Not Found", missing.Errors, StringComparison.Ordinal);
        Assert.Equal(404, (int?)JsonNode.Parse(missing.Output)!["status"]);

        string name = $"by-{transport}";
        string body = Path.Combine(_folder.FullName, "body.json");
        await File.WriteAllTextAsync(body, $$"""{ "name": "{{name}}", "kind": "echo", "address": "udp://127.0.0.1:0" }""");
        Nlab.Ended posted = await Nlab.Run(_folder, "http", "POST", $"{url}/services", "--data", $"@{body}", "-o", "answer.json", "-H", "Accept: application/json", "-H", "Content-Type: application/merge-patch+json");
        Assert.Equal((0, ""), (posted.ExitCode, posted.Output));
        Assert.Equal(name, (string?)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "answer.json")))!["name"]);
        Nlab.Ended deleted = await Nlab.Run("http", "DELETE", $"{url}/services/{name}", "--header", "Accept: application/json");
        Assert.Equal((0, ""), (deleted.ExitCode, deleted.Output));
        Assert.StartsWith("HTTP/1.1 204 No Content", deleted.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ladder_shows_handshake_request_response_and_fins()
    {
        Nlab.Ended ended = await Nlab.Run(_folder, "http", "GET", $"{lab.Tcp}/services/echo-tcp", "--ladder", "--link", "delay=5ms,drop=SYN#1", "--seed", "3", "--pcap-as-tcp", "run.pcapng");
        Assert.Equal(0, ended.ExitCode);
        string[] rungs = [.. ended.Output.Split('\n').Where(l => l.Contains('├', StringComparison.Ordinal))];

        // In this order, with whatever acknowledges in between.
        int at = -1;
        foreach (string what in (string[])["SYN seq=0", "retransmission", "SYN, ACK", "http GET /services/echo-tcp", "http 200", "FIN", "FIN"])
        {
            at = Array.FindIndex(rungs, at + 1, r => r.Contains(what, StringComparison.Ordinal));
            Assert.True(at >= 0, $"no {what} in {ended.Output}");
        }

        // One FIN each way that is new: one that is sent again has a mark, which of the two is a question of the machine's pace.
        Assert.Equal(2, rungs.Count(r => r.Contains("FIN", StringComparison.Ordinal) && !r.Contains("retransmission", StringComparison.Ordinal) && !r.Contains("out_of_order", StringComparison.Ordinal)));
        string summary = (await Nlab.Run(_folder, "decode", "run.pcapng", "--summary")).Output;
        Assert.Contains("eth/ip/tcp/http", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_not_waited_for_and_an_answer_that_cannot_be_kept_is_not_asked_for()
    {
        Nlab.Ended late = await Nlab.Run("http", "GET", $"{lab.Discard}/", "--timeout", "300ms");
        Assert.Equal((1, ""), (late.ExitCode, late.Output));
        Assert.Equal($"nlab: {lab.Discard}: no answer in time", late.Errors.TrimEnd());
        Nlab.Ended nowhere = await Nlab.Run("http", "GET", $"{lab.Tcp}/services", "-o", "no/such/folder/x");
        Assert.Equal(2, nowhere.ExitCode);
        Assert.Contains("no/such/folder/x", nowhere.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_said_in_one_line()
    {
        string nobody = $"tcp://127.0.0.1:{Ports.Free()}";
        Nlab.Ended ended = await Nlab.Run("http", "GET", $"{nobody}/");
        Assert.Equal((1, ""), (ended.ExitCode, ended.Output));
        Assert.Equal($"nlab: {nobody}: connection refused: nobody listens there", ended.Errors.TrimEnd());
    }
}
