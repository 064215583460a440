using System.Text.Json;
using NetLab.Cluster.Meshes;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Measurements between nodes, and what the README of the cluster has people type.</summary>
[Collection(nameof(ClusterTests))]
public sealed class ClusterMeshTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public void Each_ordered_pair_comes_once_and_turns_have_no_node_twice(int count)
    {
        string[] nodes = [.. Enumerable.Range(1, count).Select(i => $"10.0.0.{i}:11111")];
        MeshPair[] pairs = [.. PairOrder.Of(nodes, ["tcp"])];
        Assert.Equal(count * (count - 1), pairs.Distinct().Count());
        Assert.Equal(pairs.Length, pairs.Distinct().Count());
        Assert.All(pairs.Chunk(count / 2), turn => Assert.Equal(2 * turn.Length, turn.SelectMany(p => p.Hosts).Distinct().Count()));
    }

    [Fact]
    public async Task What_the_readme_has_people_type_runs()
    {
        string[] lines = [.. File.ReadAllLines(Path.Combine(Folders.Root, "NetLab.Host", "Cluster", "README.md")).Where(l => l.StartsWith("    nlab ", StringComparison.Ordinal)).Select(l => l.Trim()).Take(4)];
        Assert.Equal(["nlab node", "nlab node --join 127.0.0.1:11111"], lines[..2]);
        using var lab = new ClusterLab();
        await lab.StartNode();
        int http = Ports.Free();
        Nlab second = await lab.StartNode("--http", $"127.0.0.1:{http}");
        string[] decode = lines[2].Split(' ')[3..];
        decode[1] = Path.Combine(Folders.Root, decode[1]);
        Nlab.Ended ended = await lab.On(decode);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        ended = await lab.On([.. lines[3].Split(' ')[3..^1], "200ms"]);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Contains("kernel-tcp: from (rows) to (columns)", ended.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(lab.Folder.FullName, "mesh"), "*.json.gz", SearchOption.AllDirectories).Count());

        // Under load, by several transports, for a program; both nodes are one host.
        ended = await lab.On("mesh", "--transport", "udp,kernel-tcp", "--under-load", "--time", "600ms", "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var document = JsonDocument.Parse(ended.Output);
        JsonElement[] pairs = [.. document.RootElement.GetProperty("pairs").EnumerateArray().OrderBy(p => p.GetProperty("began").GetDateTimeOffset())];
        Assert.Equal(4, pairs.Length);
        Assert.All(pairs, p => Assert.True(p.GetProperty("bits_per_second").GetDouble() > 0 && p.GetProperty("loaded_ms").GetDouble() > 0));
        Assert.All(pairs.Zip(pairs.Skip(1)), p => Assert.True(p.First.GetProperty("ended").GetDateTimeOffset() <= p.Second.GetProperty("began").GetDateTimeOffset()));

        // Each node shows it.
        using var browser = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
        string metrics = await browser.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Matches($"netlab_mesh_bits_per_second{{from=\"{lab.Name}\",to=\"127.0.0.1:[0-9]+\",transport=\"kernel-tcp\"}} [0-9.E+]+\n", metrics);
        Assert.Contains("netlab_cluster_nodes 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"<th scope=\"row\">{lab.Name}</th>", await browser.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = "somewhere.test" } };
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await browser.SendAsync(rebound)).StatusCode);

        // Again and again, until Ctrl-C.
        using Nlab scheduled = lab.StartOn("mesh", "--transport", "kernel-tcp", "--time", "100ms", "--schedule", "1s", "--out", "often");
        await ClusterNetwork.Until(() => Directory.Exists(Path.Combine(lab.Folder.FullName, "often")) && Directory.GetDirectories(Path.Combine(lab.Folder.FullName, "often")).Length > 1);
        scheduled.Interrupt();
        Assert.Equal(130, (await scheduled.End()).ExitCode);
        second.Interrupt();
        Assert.Equal(0, (await second.End()).ExitCode);
    }
}
