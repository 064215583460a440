using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NetLab.Host.Tests.Backends;

/// <summary>A balancer of <c>nlab serve</c> before services that are drained and killed while they are asked.</summary>
public sealed class BalancerServeTests
{
    private const int Workers = 8;

    [Theory]
    [InlineData("kernel-tcp", "kernel-tcp")]
    [InlineData("tcp", "kernel-tcp")]
    [InlineData("kernel-tcp", "tcp")]
    public async Task Under_load_a_drained_backend_loses_nothing_and_a_killed_one_what_it_was_at(string front, string behind)
    {
        using Nlab first = await Backend(behind);
        using Nlab second = await Backend(behind);
        using Nlab third = await Backend(behind);
        Nlab[] backends = [first, second, third];
        string[] addresses = [.. backends.Select(b => Address(behind).Match(b.OutputSoFar()).Value)];
        using Nlab lab = Nlab.Start(null, "serve", Settings(
            ("Kind", "balancer"), ("Address", $"{front}://127.0.0.1:0"), ("Target", string.Join(',', addresses)), ("Name", "front"), ("Policy", "round-robin"), ("Health", "every=200ms,path=/")));
        await lab.Printed("http     kernel-tcp://");
        string entry = Entry(lab);
        string control = lab.OutputSoFar().Split('\n').First(l => l.StartsWith("http", StringComparison.Ordinal))[9..].Trim();

        // Each request is a connection of its own, so that each is the balancer's to place.
        await using var load = new RequestLoad(entry, Workers);
        await load.UntilAsync(60);
        Assert.Equal(0, load.Failed);

        // Drained, and stopped when it has nothing left: nobody notices.
        Nlab.Ended drained = await Nlab.Run("balancer", control, "front", "--drain", Name(addresses[0]), "--json");
        Assert.True(drained.ExitCode == 0, drained.Errors);
        string state = "";
        for (int i = 0; i < 100 && state != "out"; i++)
        {
            state = (await States(control)).First(s => s.Backend == Name(addresses[0])).State;
        }

        Assert.Equal("out", state);
        long given = (await States(control))[0].Given;
        first.Kill();
        await load.UntilAsync(load.Answered + 60);
        Assert.Equal(0, load.Failed);
        Assert.Equal(given, (await States(control))[0].Given);

        // Killed: what it was answering is lost, and no more.
        second.Kill();
        await load.UntilAsync(load.Answered + 60);
        Assert.InRange(load.Failed, 0, Workers);
        int atKill = load.Failed;
        await load.UntilAsync(load.Answered + 60);
        Assert.Equal(atKill, load.Failed);

        // All of it is counted.
        (string Backend, string State, long Given)[] states = await States(control);
        Assert.Equal("down", states[1].State);
        Assert.True(states[2].Given > 0);
        string metrics = (await Nlab.Run("http", "GET", control + "/metrics")).Output;
        Assert.Matches(@"netlab_service_backend_in\{[^}]*backend=""" + Regex.Escape(Name(addresses[2])) + @"""[^}]*\} 1\b", metrics);
        Assert.Matches(@"netlab_service_backend_in\{[^}]*backend=""" + Regex.Escape(Name(addresses[1])) + @"""[^}]*\} 0\b", metrics);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("kernel-udp")]
    public async Task Datagrams_of_one_client_go_to_one_backend(string transport)
    {
        using Nlab echoes = Nlab.Start(null, "serve", Settings(("Kind", "echo"), ("Address", "udp://127.0.0.1:0"), ("Name", "a")).Concat(["--set", "Lab:Services:2:Kind=echo", "--set", "Lab:Services:2:Address=udp://127.0.0.1:0"]));
        await echoes.Printed("http     kernel-tcp://");
        await echoes.Printed("\n");
        while (Address("udp").Count(echoes.OutputSoFar()) < 2)
        {
            await echoes.Printed("echo");
            await Task.Yield();
        }

        string targets = string.Join(',', Address("udp").Matches(echoes.OutputSoFar()).Select(m => m.Value));
        using Nlab lab = Nlab.Start(null, "serve", Settings(("Kind", "balancer"), ("Address", $"{transport}://127.0.0.1:0"), ("Target", targets), ("Name", "front"), ("Policy", "round-robin")));
        await lab.Printed("http     kernel-tcp://");
        string entry = Entry(lab);
        int port = int.Parse(entry[(entry.LastIndexOf(':') + 1)..]);
        for (int client = 0; client < 4; client++)
        {
            using var socket = new UdpClient("127.0.0.1", port);
            for (int i = 0; i < 3; i++)
            {
                await socket.SendAsync(new[] { (byte)client, (byte)i });
                using var late = new CancellationTokenSource(Patience);
                Assert.Equal([(byte)client, (byte)i], (await socket.ReceiveAsync(late.Token)).Buffer);
            }
        }

        string control = lab.OutputSoFar().Split('\n').First(l => l.StartsWith("http", StringComparison.Ordinal))[9..].Trim();
        Assert.Equal([2, 2], (await States(control)).Select(s => s.Given));
    }

    [Theory]
    [InlineData("Target=", "Target: is missing")]
    [InlineData("Target=kernel-tcp://127.0.0.1:1,udp://127.0.0.1:2", "a balancer on a byte stream has backends that are")]
    [InlineData("Target=kernel-tcp://127.0.0.1:1,kernel-tcp://127.0.0.1:1", "127.0.0.1:1 is said twice")]
    [InlineData("Policy=fair", "the policies are round-robin, random, two-choices, least-connections, consistent-hash")]
    [InlineData("Policy=random,nodes=3", "nodes and key are of consistent-hash")]
    [InlineData("Policy=consistent-hash,nodes=0", "nodes=0: 1 to 10000 virtual nodes")]
    [InlineData("Policy=consistent-hash,key=name", "key=name: flow (address and port of the client) or address")]
    [InlineData("Health=every=never", "Health every= 'never': a duration")]
    [InlineData("Health=path=x", "a path begins with /")]
    [InlineData("Health=often", "'often': there are every=, timeout=, down=, up=, path=")]
    [InlineData("Link=delay=1ms", "Link: a balancer has none")]
    public async Task What_makes_no_sense_is_one_line(string setting, string said)
    {
        int equals = setting.IndexOf('=', StringComparison.Ordinal);
        Nlab.Ended ended = await Nlab.Run(
            "serve", "--set", "Lab:Services=[]", "--set", "Lab:Services:0:Kind=balancer", "--set", "Lab:Services:0:Address=kernel-tcp://127.0.0.1:0",
            "--set", "Lab:Services:0:Target=kernel-tcp://127.0.0.1:1", "--set", $"Lab:Services:0:{setting[..equals]}={setting[(equals + 1)..]}");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(said, ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Trim().Split('\n'));
    }

    private static async Task<Nlab> Backend(string transport)
    {
        Nlab backend = Nlab.Start(null, "serve", ["--set", "Lab:Services=[]", "--set", "Lab:Services:0:Kind=http", "--set", $"Lab:Services:0:Address={transport}://127.0.0.1:0"]);
        await backend.Printed($"http     {transport}://");
        await backend.Printed("\n");
        return backend;
    }

    // With an http service behind it to look at it; which is printed last.
    private static IEnumerable<string> Settings(params (string Key, string Value)[] service) =>
    [
        "--set", "Lab:Services=[]", .. service.SelectMany(s => new[] { "--set", $"Lab:Services:0:{s.Key}={s.Value}" }),
        "--set", "Lab:Services:1:Kind=http", "--set", "Lab:Services:1:Address=kernel-tcp://127.0.0.1:0",
    ];

    private static async Task<(string Backend, string State, long Given)[]> States(string control)
    {
        Nlab.Ended ended = await Nlab.Run("balancer", control, "front", "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        return [.. document.RootElement.EnumerateArray().Select(b => (b.GetProperty("backend").GetString()!, b.GetProperty("state").GetString()!, b.GetProperty("given").GetInt64()))];
    }

    // Its line names the backends as well, and where it listens last.
    private static string Entry(Nlab lab) => lab.OutputSoFar().Split('\n').First(l => l.StartsWith("balancer", StringComparison.Ordinal)).Trim().Split(' ')[^1];

    private static string Name(string address) => address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..];

    private static Regex Address(string transport) => new($@"(?<=[\s]){transport}://127\.0\.0\.1:[1-9]\d*");
}
