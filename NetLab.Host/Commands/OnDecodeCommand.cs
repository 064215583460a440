using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NetLab.Cluster.Clients;
using NetLab.Cluster.Decoding;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Security;
using NetLab.Cluster.Work;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Commands;

/// <summary><c>nlab on CLUSTER decode PATH --parquet DIR</c>: captures into tables, by all nodes together.</summary>
internal static class OnDecodeCommand
{
    // A capture may begin with what looks like text; none is named so.
    private const string Tables = ".parquet";

    public static Command Create(Argument<string> cluster)
    {
        var path = new Argument<string>("PATH") { Description = "A folder of captures, or one; at the same place on all nodes" };
        var parquet = new Option<string>("--parquet") { Description = "The folder of the tables; at the same place on all nodes", HelpName = "DIR", Required = true };
        var shares = new Option<int?>("--shards") { Description = "Of one capture: into how many shares of its conversations it is cut; if not given, one a node", HelpName = "N" };
        var columns = new Option<string?>("--columns") { Description = "Only these fields of packets", HelpName = "NAMES" };
        var filter = new Option<string?>("--filter", "-Y") { Description = "Only packets that match a display filter", HelpName = "EXPR" };
        var decodeAs = new Option<string[]>("--decode-as") { Description = "What a number chooses: udp.port==5301,dns", HelpName = "RULE" };
        var arguments = new ClusterArguments();
        var command = new Command("decode", "Captures into tables, as nlab decode --parquet: a capture a node at a time, those of a node that dies by another") { path, parquet, shares, columns, filter, decodeAs };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ClusterAddress address = ClusterArguments.AddressOf(parsed.GetRequiredValue(cluster), null);
            string[] words = [.. Words("--columns", parsed.GetValue(columns)), .. Words("--filter", parsed.GetValue(filter)), .. (parsed.GetValue(decodeAs) ?? []).SelectMany(rule => Words("--decode-as", rule))];

            CheckWords(parsed.GetValue(columns), parsed.GetValue(filter), parsed.GetValue(decodeAs) ?? []);
            string[] captures = CapturesOf(parsed.GetRequiredValue(path));
            int? cut = parsed.GetValue(shares);
            if (cut is not null && (captures.Length > 1 || cut is < 1 or > 1000))
            {
                throw new UsageException($"--shards '{cut}': {(captures.Length > 1 ? "one capture is cut, and here are several: each goes to one node" : "1 to 1000")}");
            }

            string folder = FolderOf(parsed.GetRequiredValue(parquet));
            using ClusterSecurity security = arguments.Security(parsed);
            ClusterConnection connection = await ClusterConnection.OpenAsync(address, security, arguments.Log(parsed), cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                int count = captures.Length > 1 ? 0 : cut ?? await connection.CountNodesAsync().ConfigureAwait(false);
                var job = new DecodeJob(IdOf(folder, captures, words, ref count), folder, captures, count, words);
                try
                {
                    ShardFolder.Begin(folder, $"{job.Id} {count}");
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    throw new UsageException($"--parquet '{folder}': {error.Message}");
                }

                return await RunAsync(new DecodeClient(connection), job, cancellationToken).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(DecodeClient client, DecodeJob job, CancellationToken cancellationToken)
    {
        DecodeProgress over = await TransferProgress.CountAsync("decoding", progress => client.RunAsync(
            job, report => progress?.Report((report.Done, report.Total)), note => Console.Error.WriteLine(note), cancellationToken)).ConfigureAwait(false);
        foreach (string line in over.Warnings.Concat(over.Failures))
        {
            Console.Error.WriteLine($"nlab: {line}");
        }

        string what = job.Captures.Length > 1 ? "captures" : "shares of the capture";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{over.Done} of {over.Total} {what}, by {over.Nodes} nodes: tables in {job.Folder}"));
        return over.Failures.Length > 0 || over.Warnings.Length > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    // What makes no sense is said here, once, and not by every node.
    private static void CheckWords(string? columns, string? filter, string[] rules)
    {
        ProtocolRegistry protocols = CaptureArguments.ProtocolsFrom(rules);
        if (columns is not null)
        {
            DecodeCommand.FieldsFrom(columns, protocols);
        }

        if (filter is not null && !DisplayFilter.TryParse(filter, protocols, out _, out string? error))
        {
            throw new UsageException($"--filter: {error}");
        }
    }

    private static string[] Words(string option, string? value) => value is null ? [] : [option, value];

    private static string[] CapturesOf(string path)
    {
        if (File.Exists(path))
        {
            return [Path.GetFullPath(path)];
        }

        if (!Directory.Exists(path))
        {
            throw new UsageException($"'{path}': no such file or folder");
        }

        string[] captures = [.. Directory.EnumerateFiles(path).Where(f => !f.EndsWith(Tables, StringComparison.Ordinal) && CaptureInput.IsCapture(f)).Select(Path.GetFullPath).Order(StringComparer.Ordinal)];
        return captures.Length > 0 ? captures : throw new UsageException($"'{path}': there is no capture in it");
    }

    private static string FolderOf(string folder)
    {
        OutputPath.CheckFolder(folder, "--parquet");
        return Path.GetFullPath(folder);
    }

    // The same captures, unchanged, with the same words are the same job: it goes on where it was left. Of one capture the number of shares stays what it was.
    private static string IdOf(string folder, string[] captures, string[] words, ref int count)
    {
        var text = new StringBuilder();
        foreach (string capture in captures)
        {
            var file = new FileInfo(capture);
            text.Append(CultureInfo.InvariantCulture, $"{capture}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\n");
        }

        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder + "\n" + text + string.Join('\0', words))))[..32];
        if (captures.Length == 1 && ShardFolder.JobOf(folder)?.Split(' ') is [var known, var shares] && known == id)
        {
            count = int.Parse(shares, CultureInfo.InvariantCulture);
        }

        return id;
    }
}
