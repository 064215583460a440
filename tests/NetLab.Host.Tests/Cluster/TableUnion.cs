using NetLab.Host.Tests.Tables;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Tables that a cluster wrote, beside those of one decode after the other on one machine: the same rows, each once.</summary>
internal static class TableUnion
{
    /// <summary>Compares them.</summary>
    /// <param name="captures">The captures.</param>
    /// <param name="folder">What the cluster wrote.</param>
    public static async Task IsThatOf(IReadOnlyList<string> captures, string folder)
    {
        DirectoryInfo alone = Directory.CreateTempSubdirectory("nlab-alone-");
        try
        {
            foreach ((string capture, int index) in captures.Select((c, i) => (c, i)))
            {
                Nlab.Ended ended = await Nlab.Run("decode", capture, "--parquet", Path.Combine(alone.FullName, $"{index}"));
                Assert.True(ended.ExitCode == 0, ended.Errors);
            }

            Same(alone.FullName + "/*/", "", folder);
        }
        finally
        {
            alone.Delete(recursive: true);
        }
    }

    /// <summary>Compares the tables of two folders.</summary>
    /// <param name="expected">What the paths of one begin with, up to the table's name.</param>
    /// <param name="ending">What is behind the name there.</param>
    /// <param name="folder">The other.</param>
    public static void Same(string expected, string ending, string folder)
    {
        string[] tables = [.. Directory.EnumerateFiles(folder, "*.parquet").Select(f => Path.GetFileName(f).Split('-')[0]).Distinct()];
        Assert.Contains("packets", tables);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.part", SearchOption.AllDirectories));
        using var duck = new DuckDb();
        foreach (string table in tables)
        {
            string one = $"select * from read_parquet('{expected}{table}{ending}.parquet', union_by_name = true)";
            string shared = $"select * from read_parquet('{folder}/{table}-*-of-*.parquet', union_by_name = true)";
            Assert.Equal(duck.One($"select count(*) from ({one})"), duck.One($"select count(*) from ({shared})"));
            Assert.Equal("0", duck.One($"select count(*) from ({one} except all {shared})"));
            Assert.Equal("0", duck.One($"select count(*) from ({shared} except all {one})"));
        }
    }
}
