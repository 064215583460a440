using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NetLab.Cluster.Clients;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Meshes;
using NetLab.Cluster.Security;
using NetLab.Host.Nodes;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab on CLUSTER mesh</c>: measurements between all pairs of nodes.</summary>
internal static class OnMeshCommand
{
    // Under load: idle, up, down and both; and what a measurement needs besides its time.
    private const int LoadsUnderLoad = 4;
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(60);

    private static readonly LabTransport[] Defaults = [LabTransport.Tcp, LabTransport.Udp, LabTransport.KernelTcp];

    public static Command Create(Argument<string> cluster)
    {
        var transport = new Option<string?>("--transport") { Description = "By which transports: tcp, udp, kernel-tcp, kernel-udp; the first three if not given", HelpName = "LIST" };
        var time = new Option<string>("--time", "-t") { Description = "How long each pair is measured by each", HelpName = "DURATION", DefaultValueFactory = _ => "5s" };
        var underLoad = new Option<bool>("--under-load") { Description = "Round trips beside a load, as nlab perf --under-load" };
        var schedule = new Option<string?>("--schedule") { Description = "Measure all pairs again and again, so long after each other, until Ctrl-C", HelpName = "DURATION" };
        var folder = new Option<string>("--out") { Description = "Keep every run here, as nlab perf --save does, in a folder for each time", HelpName = "DIR", DefaultValueFactory = _ => "mesh" };
        var json = new Option<bool>("--json") { Description = "One JSON document a matrix" };
        var arguments = new ClusterArguments();
        var command = new Command("mesh", "Measure between all pairs of nodes, never two at once on a host") { transport, time, underLoad, schedule, folder, json };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ClusterAddress address = ClusterArguments.AddressOf(parsed.GetRequiredValue(cluster), null);
            TimeSpan each = DurationText.Parse(parsed.GetRequiredValue(time), "--time");
            TimeSpan? interval = parsed.GetValue(schedule) is { } text ? DurationText.Parse(text, "--schedule") : null;
            if (interval is { } tooShort && tooShort < TimeSpan.FromSeconds(1))
            {
                throw new UsageException($"--schedule '{parsed.GetValue(schedule)}': 1s or more");
            }

            string[] transports = TransportsOf(parsed.GetValue(transport));
            string[] words = ["--time", parsed.GetRequiredValue(time), .. parsed.GetValue(underLoad) ? (string[])["--under-load"] : []];
            string target = parsed.GetRequiredValue(folder);
            if (target.Length == 0 || File.Exists(target))
            {
                throw new UsageException($"--out '{target}': {(target.Length == 0 ? "names no folder" : "is a file, and a folder is needed")}");
            }

            using ClusterSecurity security = arguments.Security(parsed);
            ClusterConnection connection = await ClusterConnection.OpenAsync(address, security, arguments.Log(parsed), cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var mesh = new MeshClient(connection);
                TimeSpan limit = (each * (parsed.GetValue(underLoad) ? LoadsUnderLoad : 1)) + Overhead;
                while (true)
                {
                    long began = TimeProvider.System.GetTimestamp();
                    var job = new MeshJob(Guid.NewGuid().ToString("N"), [], transports, words, limit, []);
                    int exit = await RunAsync(mesh, job, new MeshFolder(target, TimeProvider.System.GetUtcNow()), parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
                    if (interval is not { } pause)
                    {
                        return exit;
                    }

                    TimeSpan left = pause - TimeProvider.System.GetElapsedTime(began);
                    await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(MeshClient mesh, MeshJob job, MeshFolder folder, bool isJson, CancellationToken cancellationToken)
    {
        List<MeshResult> results = [];
        MeshProgress over = await TransferProgress.CountAsync("measuring", progress => mesh.RunAsync(
            job,
            report => progress?.Report((results.Count, report.Total)),
            result =>
            {
                folder.Keep(result);
                results.Add(result);
                if (progress is null)
                {
                    Console.Error.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{result.Began:HH:mm:ss.fff} to {result.Ended:HH:mm:ss.fff}  {result.Pair}  {Units.Rate(result.Result.Figures.BitsPerSecond)}"));
                }
            },
            note => Console.Error.WriteLine(note),
            cancellationToken)).ConfigureAwait(false);
        if (over.Nodes.Length < 2)
        {
            throw new IOException("a mesh needs two nodes, and there is one");
        }

        foreach (MeshFailure failure in over.Failures)
        {
            Console.Error.WriteLine($"nlab: {failure.Pair}: {failure.Reason}");
        }

        var matrix = new MeshMatrix(over.Nodes, results);
        if (isJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(matrix.Document(over.Failures), MeshJson.Default.MeshDocument));
        }
        else
        {
            foreach (string transport in job.Transports)
            {
                Terminal.Out.Write(matrix.Table(transport, Terminal.Out.Profile.Width));
            }
        }

        Console.Error.WriteLine($"{results.Count} of {over.Total} pairs measured: runs in {folder.Path}");
        return results.Count == over.Total ? ExitCode.Done : ExitCode.Failed;
    }

    private static string[] TransportsOf(string? list)
    {
        if (list is null)
        {
            return [.. Defaults.Select(LabAddress.SchemeOf)];
        }

        string[] names = [.. list.Split(',', StringSplitOptions.TrimEntries).Select(name =>
            LabAddress.TransportOf(name) is { } known and not (LabTransport.RawTcp or LabTransport.TunTcp) ? LabAddress.SchemeOf(known) : throw new UsageException($"--transport '{name}': the transports are tcp, udp, kernel-tcp, kernel-udp"))];
        return names.Distinct().Count() == names.Length ? names : throw new UsageException($"--transport '{list}': one is there twice");
    }
}
