using System.Text.Json;
using System.Text.RegularExpressions;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Four nodes in four network namespaces: all pairs are measured, and what dies is not missed.</summary>
[Collection(nameof(ClusterTests))]
public sealed class ClusterNetworkTests
{
    [NetworkFact]
    public async Task All_pairs_are_measured_never_two_at_once_on_a_host_also_when_the_coordinator_dies()
    {
        await using ClusterNetwork network = await ClusterNetwork.Open(4);
        using (Nlab mesh = network.On("mesh", "--transport", "kernel-tcp", "--time", "200ms", "--out", "whole"))
        {
            Nlab.Ended ended = await mesh.End();
            Assert.True(ended.ExitCode == 0, ended.Errors);
            List<Run> runs = RunsOf(network, "whole");
            Assert.Equal(12, runs.Select(r => (r.From, r.To)).Distinct().Count());
            Assert.Equal(12, runs.Count);
            NeverTwoAtOnce(runs);

            // Each is what perf saves.
            string saved = Path.Combine(Directory.GetDirectories(Path.Combine(network.Folder.FullName, "whole"))[0], "10.77.0.1_11111-10.77.0.2_11111-kernel-tcp.json.gz");
            Assert.Equal(0, (await Nlab.Run("compare", saved, saved)).ExitCode);
            Assert.Contains("10.77.0.4", ended.Output, StringComparison.Ordinal);
        }

        using Nlab broken = network.On("mesh", "--transport", "kernel-tcp", "--time", "500ms", "--out", "broken", "--json");
        await broken.Complained(" coordinates\n");
        string coordinator = CoordinatorOf(broken);
        await ClusterNetwork.Until(() => RunsOf(network, "broken").Count > 1);
        network.Nodes[coordinator].Kill();
        Nlab.Ended over = await broken.End();
        Assert.Equal(1, over.ExitCode);
        Assert.Contains($"{coordinator} is gone: ", over.Errors, StringComparison.Ordinal);
        List<Run> kept = RunsOf(network, "broken");
        NeverTwoAtOnce(kept);

        // Each pair once, or said to be missing because the node is; those of the others are all there.
        using var document = JsonDocument.Parse(over.Output);
        List<Run> missing = [.. document.RootElement.GetProperty("missing").EnumerateArray().Select(Of)];
        Assert.Equal(kept.Select(r => (r.From, r.To)).Order(), document.RootElement.GetProperty("pairs").EnumerateArray().Select(Of).Select(r => (r.From, r.To)).Order());
        Assert.All(missing, r => Assert.True(r.From == coordinator || r.To == coordinator, over.Errors));
        Assert.Equal(12, kept.Concat(missing).Select(r => (r.From, r.To)).Distinct().Count());
        Assert.Equal(12, kept.Count + missing.Count);
    }

    [NetworkFact]
    public async Task A_decode_is_complete_although_a_node_and_then_the_coordinator_die()
    {
        await using ClusterNetwork network = await ClusterNetwork.Open(4);
        string[] captures = [.. Enumerable.Range(0, 24).Select(i => Path.Combine(network.Folder.CreateSubdirectory("captures").FullName, $"{i:D2}.pcapng"))];
        foreach (string capture in captures)
        {
            File.Copy(Path.Combine(Folders.Captures, "http-as-tcp.pcapng"), capture);
        }

        string tables = Path.Combine(network.Folder.FullName, "tables");
        using Nlab decode = network.On("decode", Path.GetDirectoryName(captures[0])!, "--parquet", tables);
        await decode.Complained(" coordinates\n");
        string coordinator = CoordinatorOf(decode);
        await ClusterNetwork.Until(() => Done(tables) > 0);
        network.Nodes.First(n => n.Key != coordinator).Value.Kill();
        await ClusterNetwork.Until(() => Done(tables) > 4);
        network.Nodes[coordinator].Kill();
        Nlab.Ended ended = await decode.End();
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Contains($"{coordinator} is gone: ", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("24 of 24 captures, by 2 nodes", ended.Errors, StringComparison.Ordinal);
        await TableUnion.IsThatOf(captures, tables);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(tables, ".nlab")));
    }

    private static int Done(string tables) => Directory.Exists(Path.Combine(tables, ".nlab")) ? Directory.EnumerateFiles(Path.Combine(tables, ".nlab"), "*.done").Count() : 0;

    private static string CoordinatorOf(Nlab on) => Regex.Match(on.ErrorsSoFar(), "^(.+) coordinates$", RegexOptions.Multiline).Groups[1].Value;

    private static void NeverTwoAtOnce(List<Run> runs)
    {
        foreach (string host in runs.SelectMany(r => (string[])[r.From, r.To]).Distinct())
        {
            Run[] own = [.. runs.Where(r => r.From == host || r.To == host).OrderBy(r => r.Began)];
            Assert.All(own.Zip(own.Skip(1)), pair => Assert.True(pair.First.Ended <= pair.Second.Began, $"{pair.First} and {pair.Second}"));
        }
    }

    private static List<Run> RunsOf(ClusterNetwork network, string folder) => Directory.Exists(Path.Combine(network.Folder.FullName, folder))
        ? [.. Directory.EnumerateFiles(Path.Combine(network.Folder.FullName, folder), "mesh.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadAllLines).Select(line => Of(JsonDocument.Parse(line).RootElement))]
        : [];

    private static Run Of(JsonElement element) => new(
        element.GetProperty("from").GetString()!, element.GetProperty("to").GetString()!,
        element.TryGetProperty("began", out JsonElement began) ? began.GetDateTimeOffset() : default, element.TryGetProperty("ended", out JsonElement ended) ? ended.GetDateTimeOffset() : default);

    private sealed record Run(string From, string To, DateTimeOffset Began, DateTimeOffset Ended);
}
