using System.Diagnostics;
using System.Text.Json;

namespace NetLab.Host.Tests;

/// <summary><c>nlab link</c> before programs, and relays that <c>nlab serve</c> runs.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-test-");

    [ToolFact("dnsmasq", "dig")]
    public async Task Dns_between_programs_nobody_here_wrote_works_through_a_bad_link()
    {
        int port = Ports.Free();
        using Process server = Process.Start(new ProcessStartInfo(
            "dnsmasq",
            ["--no-daemon", "--conf-file=/dev/null", $"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts", "--address=/lab.test/10.1.2.3", "--pid-file="])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            await Started(server);
            using Nlab link = Nlab.Start(null, "link", "udp://127.0.0.1:0", $"udp://127.0.0.1:{port}", "--link", "delay=5ms,loss=25%,duplicate=5%,seed=3", "--json");
            string relay = (await link.Listening()).Split(' ')[0].Split(':')[^1];
            for (int i = 0; i < 12; i++)
            {
                using Process dig = Process.Start(new ProcessStartInfo("dig", ["@127.0.0.1", "-p", relay, "+short", "+tries=10", "+timeout=1", $"host{i}.lab.test"])
                {
                    RedirectStandardOutput = true,
                })!;

                // What dig has to say of questions that it asked again begins with semicolons.
                Assert.Contains("10.1.2.3", (await dig.StandardOutput.ReadToEndAsync()).Split('\n'));
            }

            link.Interrupt();
            using JsonDocument report = JsonDocument.Parse((await link.End()).Output);
            Assert.True(report.RootElement.GetProperty("down").GetProperty("delivered").GetInt64() >= 12);
            Assert.True(report.RootElement.GetProperty("up").GetProperty("lost").GetInt64() > 0);
        }
        finally
        {
            server.Kill();
        }
    }

    [UnixFact]
    public async Task Each_line_of_its_input_is_a_new_link_and_a_mistake_leaves_the_old_one()
    {
        using Nlab link = Nlab.Start(null, "link", "udp://127.0.0.1:0", "udp://127.0.0.1:9");
        await link.Listening();
        await link.Input.WriteLineAsync("loss=5%");
        await link.Complained("link is now loss=5%");
        await link.Input.WriteLineAsync("loss=500%");
        await link.Complained("'loss=500%'");
        await link.Complained("stays as it was");
        link.Interrupt();
        Assert.Equal(0, (await link.End()).ExitCode);
    }

    [UnixFact]
    public async Task The_log_has_a_line_a_datagram_that_adds_up_to_the_counts()
    {
        string log = Path.Combine(_folder.FullName, "log.jsonl");
        using Nlab server = Nlab.Start(null, "perf", "server", "udp://127.0.0.1:0", "--once");
        using Nlab link = Nlab.Start(null, "link", "udp://127.0.0.1:0", await server.Listening(), "--link", "loss=10%,burst=3,duplicate=5%,seed=2", "--json", "--log", log);
        string url = (await link.Listening()).Split(' ')[0];
        Assert.Equal(0, (await Nlab.Run("perf", url, "--bytes", "1M", "--rate", "100M")).ExitCode);
        await server.End();
        link.Interrupt();
        using JsonDocument report = JsonDocument.Parse((await link.End()).Output);
        JsonElement[] lines = [.. File.ReadLines(log).Select(l => JsonDocument.Parse(l).RootElement.Clone()).Where(l => l.GetProperty("direction").GetString() == "up" && l.TryGetProperty("n", out _) && !l.TryGetProperty("aside", out _))];
        JsonElement up = report.RootElement.GetProperty("up");
        Assert.Equal(up.GetProperty("entered").GetInt32(), lines.Length);
        foreach ((string effect, string count) in ((string, string)[])[("lost", "lost"), ("duplicated", "duplicated")])
        {
            Assert.Equal(up.GetProperty(count).GetInt32(), lines.Count(l => l.GetProperty("effects").EnumerateArray().Any(e => e.GetString() == effect)));
        }
    }

    [UnixFact]
    public async Task Serve_runs_relays_and_says_at_the_end_what_they_did()
    {
        using Nlab serve = Nlab.Start(
            null, "serve", [.. ServiceFaultTests.Services("echo udp://127.0.0.1:0"), .. "Listen=udp://127.0.0.1:0|Target=udp://127.0.0.1:9|Link=loss=1%,seed=8".Split('|').SelectMany(s => new[] { "--set", $"Lab:Relays:0:{s}" })]);
        await serve.Printed("relay to udp://127.0.0.1:9, seed=8");
        serve.Interrupt();
        Nlab.Ended ended = await serve.End();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("held back", ended.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task Started(Process server)
    {
        using var late = new CancellationTokenSource(Patience);
        while (await server.StandardError.ReadLineAsync(late.Token) is { } line)
        {
            if (line.Contains("started", StringComparison.Ordinal))
            {
                _ = server.StandardError.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        Assert.Fail("dnsmasq did not start");
    }
}
