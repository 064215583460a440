using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Nodes decode together: all captures, each once.</summary>
[Collection(nameof(ClusterTests))]
public sealed class ClusterDecodeTests
{
    private static readonly string[] Some = ["dns.pcapng", "http-as-tcp.pcapng", "lost-segments-as-tcp.pcapng"];

    [Fact]
    public async Task Two_nodes_decode_a_folder_into_the_tables_of_one_and_do_nothing_twice()
    {
        using var lab = new ClusterLab();
        string captures = CopyCaptures(lab);
        Nlab first = await lab.StartNode();
        await lab.StartNode();
        Nlab.Ended ended = await lab.On("decode", captures, "--parquet", "tables");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        string tables = Path.Combine(lab.Folder.FullName, "tables");
        string[] files = [.. Directory.EnumerateFiles(captures).Order(StringComparer.Ordinal)];
        Assert.EndsWith($"{files.Length} of {files.Length} captures, by 2 nodes: tables in {tables}\n", ended.Errors, StringComparison.Ordinal);
        await TableUnion.IsThatOf(files, tables);

        // Once more: all is there.
        DateTime[] written = [.. Directory.EnumerateFiles(tables).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
        ended = await lab.On("decode", captures, "--parquet", "tables");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Equal(written, Directory.EnumerateFiles(tables).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc));

        // The folder is the record: what is removed from it is made again.
        Directory.Delete(tables, recursive: true);
        ended = await lab.On("decode", captures, "--parquet", "tables");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Equal(written.Length, Directory.EnumerateFiles(tables).Count());

        // Other captures would be mixed with these.
        ended = await lab.On("decode", files[0], "--parquet", "tables");
        Assert.Equal((2, $"nlab: --parquet '{tables}': has tables of other captures: choose an empty folder\n"), (ended.ExitCode, ended.Errors));

        // One capture is cut by its conversations.
        string whole = Path.Combine(lab.Folder.FullName, "whole");
        Assert.Equal(0, (await Nlab.Run("decode", files[1], "--parquet", whole)).ExitCode);
        ended = await lab.On("decode", files[1], "--parquet", "shares", "--shards", "3");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        TableUnion.Same(whole + "/", "", Path.Combine(lab.Folder.FullName, "shares"));

        // What cannot be decoded is said, after tries at both nodes.
        File.WriteAllText(Path.Combine(captures, "cut.pcapng"), "");
        File.WriteAllBytes(Path.Combine(captures, "cut.pcapng"), File.ReadAllBytes(files[0])[..^5]);
        ended = await lab.On("decode", captures, "--parquet", "again");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"nlab: {captures}/cut.pcapng: ", ended.Errors, StringComparison.Ordinal);
        Assert.Contains($"{files.Length + 1} of {files.Length + 1} captures", ended.Errors, StringComparison.Ordinal);

        // Ctrl-C is how a node ends.
        first.Interrupt();
        Nlab.Ended stopped = await first.End();
        Assert.True(stopped.ExitCode == 0, stopped.Errors);
        Assert.Equal(["listening on", "nlab: stopped"], stopped.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..Math.Min(line.Length, line.StartsWith("nlab", StringComparison.Ordinal) ? line.Length : "listening on".Length)]));
        Assert.Equal("", stopped.Output);
    }

    private static string CopyCaptures(ClusterLab lab)
    {
        DirectoryInfo captures = lab.Folder.CreateSubdirectory("captures");
        foreach (string name in Some)
        {
            File.Copy(Path.Combine(Folders.Captures, name), Path.Combine(captures.FullName, name));
            File.Copy(Path.Combine(Folders.Captures, name), Path.Combine(captures.FullName, "second-" + name));
        }

        return captures.FullName;
    }
}
