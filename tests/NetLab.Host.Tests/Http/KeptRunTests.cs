using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetLab.Host.Measurement.Comparison;

namespace NetLab.Host.Tests.Http;

/// <summary><c>nlab serve</c> with a folder for runs: what is asked for over HTTP is saved there, listed and served, also by the next one that serves.</summary>
public sealed partial class KeptRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-runs-");

    [UnixFact]
    public async Task A_run_that_was_asked_for_is_kept_listed_and_served_after_the_lab_has_ended()
    {
        DirectoryInfo runs = _folder.CreateSubdirectory("runs");
        string config = Path.Combine(_folder.FullName, "lab.json");
        await File.WriteAllTextAsync(config, """{ "Lab": { "RunFolder": "runs", "Services": [ { "Kind": "http", "Address": "kernel-tcp://127.0.0.1:0" } ] } }""");
        string saved;
        using (Nlab serve = Nlab.Start(_folder.FullName, "serve", "--config", config))
        {
            using HttpClient client = await ClientOf(serve);
            Assert.Equal(1, await MeasureAsync(client, """{ "transport": "udp", "time": "300ms", "warm_up": "0", "rate": "10M", "link": "loss=1%,seed=3" }"""));
            Assert.Equal(["run-1.json.gz"], runs.GetFiles().Select(file => file.Name));
            saved = await client.GetStringAsync("/runs/1/saved");
            serve.Interrupt();
            Assert.Equal(0, (await serve.End()).ExitCode);
        }

        // What nlab plot and compare read: the seed, the settings and the machine are in it.
        RunSeries series = Assert.Single(RunReader.Read(Path.Combine(runs.FullName, "run-1.json.gz")));
        Assert.Equal(("3", "loss=1%,seed=3"), (series.Seed, series.Facts["link"]));
        JsonNode file = JsonNode.Parse(saved)!;
        Assert.Equal("netlab.run/1", (string?)file["schema"]);
        Assert.Equal(Environment.ProcessorCount, (int?)file["machine"]!["processors"]);
        Assert.Contains("--link=loss=1%,seed=3", file["settings"]!.AsArray().Select(word => (string?)word));

        using Nlab again = Nlab.Start(_folder.FullName, "serve", "--config", config);
        using HttpClient other = await ClientOf(again);
        JsonNode listed = Assert.Single((JsonNode.Parse(await other.GetStringAsync("/runs")) switch { JsonArray array => array, var root => root!["runs"]!.AsArray() }))!;
        Assert.Equal((1, "done"), ((int?)listed["number"], (string?)listed["state"]));
        Assert.True((bool)JsonNode.Parse(await other.GetStringAsync("/runs/1"))!["result"]!["runs"]![0]!["end"]!["intact"]!);
        Assert.Equal(saved, await other.GetStringAsync("/runs/1/saved"));

        // Numbers go on, and what is deleted is gone from the disk.
        Assert.Equal(2, await MeasureAsync(other, """{ "transport": "udp", "time": "300ms", "warm_up": "0", "rate": "10M" }"""));
        Assert.Equal(HttpStatusCode.NoContent, (await other.DeleteAsync("/runs/1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/runs/1")).StatusCode);
        Assert.Equal(["run-2.json.gz"], runs.GetFiles().Select(f => f.Name));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<HttpClient> ClientOf(Nlab serve)
    {
        await serve.Printed("kernel-tcp://127.0.0.1:");
        await serve.Printed("\n");
        return new HttpClient { BaseAddress = new Uri("http://" + Address().Match(serve.OutputSoFar()).Groups[1].Value), Timeout = Patience };
    }

    private static async Task<int> MeasureAsync(HttpClient client, string settings)
    {
        using HttpResponseMessage created = await client.PostAsync("/runs", new StringContent(settings, Encoding.UTF8, "application/json"));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        JsonNode shown;
        while ((string?)(shown = JsonNode.Parse(await client.GetStringAsync(created.Headers.Location))!)["state"] == "running")
        {
        }

        Assert.Equal("done", (string?)shown["state"]);
        return (int)shown["number"]!;
    }

    [GeneratedRegex(@"kernel-tcp://(127\.0\.0\.1:\d+)")]
    private static partial Regex Address();
}
