using System.Text.Json;
using NetLab.Cluster.Work;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Saved;
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
                await decode.EndAsync(cancellationToken).ConfigureAwait(false);
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
            string? printed = null;
            await using (perf.ConfigureAwait(false))
            {
                using CancellationTokenRegistration stop = cancellationToken.Register(perf.Kill);
                await foreach (string line in perf.Output.ConfigureAwait(false))
                {
                    printed = line;
                }

                await perf.EndAsync(cancellationToken).ConfigureAwait(false);
            }

            PerfDocument document = JsonSerializer.Deserialize(printed ?? throw new IOException("it printed nothing"), PerfDocumentJson.Default.PerfDocument)!;
            return new MeasurementResult(FiguresOf(document), await File.ReadAllBytesAsync(save, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Under load, what the receiver got while nothing came back the other way.
    private static MeasurementFigures FiguresOf(PerfDocument document)
    {
        LoadedLatency? idle = document.UnderLoad?.FirstOrDefault(l => l.Load == "idle");
        LoadedLatency? up = document.UnderLoad?.FirstOrDefault(l => l.Load == "up");
        return new MeasurementFigures(
            up?.UpBitsPerSecond ?? document.Runs[0].End.SumReceived.BitsPerSecond,
            idle?.RoundTrip?.P50 / MicrosecondsPerMillisecond,
            up?.RoundTrip?.P50 / MicrosecondsPerMillisecond);
    }

    private sealed class MeasurementServer(ChildProcess process, string url) : IMeasurementServer
    {
        public string Url => url;

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
