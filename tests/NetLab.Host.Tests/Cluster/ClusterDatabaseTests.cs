using NetLab.Benchmarks.Forwarding;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Nodes that know one another by PostgreSQL.</summary>
[Collection(nameof(ClusterTests))]
public sealed class ClusterDatabaseTests
{
    [DatabaseFact]
    public async Task Nodes_make_their_tables_work_together_and_go_on_when_the_first_one_dies()
    {
        using TemporaryDatabase? database = await TemporaryDatabase.TryStartAsync();
        Assert.NotNull(database);
        using var lab = new ClusterLab($"postgres://postgres@127.0.0.1:{database.Port}/postgres");
        string[] captures = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(lab.Folder.CreateSubdirectory("captures").FullName, $"{i}.pcapng"))];
        foreach (string capture in captures)
        {
            File.Copy(Path.Combine(Folders.Captures, "dns.pcapng"), capture);
        }

        // Whoever may not make the tables is told so, and leaves none behind.
        await Ask(database, "CREATE USER guest");
        string guest = lab.Name.Replace("//postgres@", "//guest@", StringComparison.Ordinal);
        Nlab.Ended refused = await Nlab.Run("node", "--join", guest, "--port", $"{Ports.Free()}");
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal($"nlab: {guest}: the tables of a cluster are not there, and making them is refused: permission denied for schema public\n", refused.Errors);
        Assert.Equal("0", await Ask(database, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'orleans%'"));

        // Two that begin at once.
        Nlab[] nodes = await Task.WhenAll(lab.StartNode(), lab.StartNode());
        Assert.Equal("2", await Ask(database, "SELECT count(*) FROM orleansmembershiptable WHERE status = 3"));
        Nlab.Ended ended = await lab.On("decode", Path.GetDirectoryName(captures[0])!, "--parquet", "tables");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Contains("4 of 4 captures, by 2 nodes", ended.Errors, StringComparison.Ordinal);
        await TableUnion.IsThatOf(captures, Path.Combine(lab.Folder.FullName, "tables"));

        // Any of them may die; another takes its place.
        nodes[0].Kill();
        ended = await lab.On("decode", Path.GetDirectoryName(captures[0])!, "--parquet", "again");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        await lab.StartNode();
        Assert.Equal("1", await Ask(database, "SELECT count(*) FROM orleansmembershiptable WHERE status = 6"));
        ended = await lab.On("decode", Path.GetDirectoryName(captures[0])!, "--parquet", "third");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Contains("4 of 4 captures, by 2 nodes", ended.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> Ask(TemporaryDatabase database, string question)
    {
        (bool isAnswered, string answer) = await OtherPrograms.RunAsync("psql", "-h", "127.0.0.1", "-p", $"{database.Port}", "-U", "postgres", "-Atqc", question);
        Assert.True(isAnswered, answer);
        return answer.Trim();
    }
}
