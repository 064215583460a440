using System.Text;
using System.Text.Json;
using NetLab.Cluster.Work;
using NetLab.Host.Measurement;
using NetLab.Host.Settings;

namespace NetLab.Host.Nodes;

/// <summary>What a node of a cluster does for others, with this program's own verbs: each runs as a process, which ends when the node does.</summary>
internal sealed class NodeWork : INodeWork
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <inheritdoc/>
    public async Task<string?> DecodeAsync(DecodeShard shard, string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(shard.Capture))
        {
            throw new IOException("no such file here: all nodes need the same folders");
        }

        string[] share = shard.IsShare ? ["--shard", $"{shard.Index}/{shard.Count}"] : [];
        var decode = new ChildProcess(["decode", shard.Capture, "--parquet", folder, .. share, .. shard.Words], []);
        await using (decode.ConfigureAwait(false))
        {
            try
            {
                await decode.EndOrKillAsync(cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (IOException error) when (Directory.EnumerateFiles(folder, "conversations*.parquet").Any() && !Directory.EnumerateFiles(folder, "*.part").Any())
            {
                // Of a capture that is cut or damaged there are tables, up to there; conversations are written last.
                return error.Message;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IMeasurementServer> ServeAsync(string transport, string host, CancellationToken cancellationToken)
    {
        var address = new LabAddress(LabAddress.TransportOf(transport) ?? throw new IOException($"'{transport}' is no transport"), host, 0);
        var server = new ChildProcess(["perf", "server", address.ToString(), "--json-stream", "--allow-remote"], []);
        try
        {
            return new MeasurementServer(server, await server.ListeningAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<MeasurementResult> MeasureAsync(string url, NetLab.Cluster.Work.Measurement measurement, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("nlab-mesh-");
        try
        {
            string save = Path.Combine(folder.FullName, "run.json.gz");
            var perf = new ChildProcess(["perf", url, "--allow-remote", "--save", save, "--json", .. measurement.Words], []);
            var printed = new StringBuilder();
            await using (perf.ConfigureAwait(false))
            {
                using CancellationTokenRegistration stop = cancellationToken.Register(perf.Kill);
                await foreach (string line in perf.Output.ConfigureAwait(false))
                {
                    printed.AppendLine(line);
                }

                await perf.EndOrKillAsync(cancellationToken).ConfigureAwait(false);
            }

            using var document = JsonDocument.Parse(printed.ToString());
            return new MeasurementResult(FiguresOf(document.RootElement), await File.ReadAllBytesAsync(save, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Under load, what the receiver got while nothing came back the other way.
    private static MeasurementFigures FiguresOf(JsonElement document)
    {
        if (!document.TryGetProperty("under_load", out JsonElement loads) || loads.ValueKind != JsonValueKind.Array)
        {
            return new MeasurementFigures(document.GetProperty("runs")[0].GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble(), null, null);
        }

        JsonElement up = Load("up");
        return new MeasurementFigures(up.GetProperty("up_bits_per_second").GetDouble(), MedianOf(Load("idle")), MedianOf(up));

        JsonElement Load(string name) => loads.EnumerateArray().First(load => load.GetProperty("load").GetString() == name);
    }

    private static double? MedianOf(JsonElement load) => load.GetProperty("round_trip") is { ValueKind: JsonValueKind.Object } trip ? trip.GetProperty("p50").GetDouble() / MicrosecondsPerMillisecond : null;

    private sealed class MeasurementServer(ChildProcess process, string url) : IMeasurementServer
    {
        public string Url => url;

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
