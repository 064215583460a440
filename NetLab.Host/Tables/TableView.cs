namespace NetLab.Host.Tables;

/// <summary>A table of a folder, as a view of DuckDB: of one file, or of the files of shards and partitions together.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Statement">The statement of SQL that makes it.</param>
internal sealed record TableView(string Name, string Statement)
{
    private const string Ending = ".parquet";

    /// <summary>The tables of a folder, by name.</summary>
    public static IReadOnlyList<TableView> In(string folder)
    {
        var files = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            Files(TableOf(Path.GetFileName(path)[..^Ending.Length])).Add(path);
        }

        foreach (string partitions in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (Directory.EnumerateFiles(partitions, "*" + Ending, SearchOption.AllDirectories).Any())
            {
                Files(Path.GetFileName(partitions)).Add(Path.Combine(partitions, "**", "*" + Ending));
            }
        }

        return [.. files.Select(f => new TableView(f.Key, StatementOf(f.Key, f.Value)))];

        List<string> Files(string table)
        {
            if (!files.TryGetValue(table, out List<string>? list))
            {
                files.Add(table, list = []);
            }

            return list;
        }
    }

    // dns-2-of-7 is a share of dns.
    private static string TableOf(string file)
    {
        string[] parts = file.Split('-');
        return parts.Length >= 4 && parts[^2] == "of" && int.TryParse(parts[^3], out _) && int.TryParse(parts[^1], out _) ? string.Join('-', parts[..^3]) : file;
    }

    private static string StatementOf(string table, List<string> paths)
    {
        string name = table.Replace("\"", "\"\"", StringComparison.Ordinal);
        string files = string.Join(", ", paths.Select(p => $"'{p.Replace("'", "''", StringComparison.Ordinal)}'"));

        // Of a protocol that one share has never met, the others have columns all the same.
        return $"create view \"{name}\" as select * from read_parquet([{files}], union_by_name = true, hive_partitioning = {(paths.Exists(p => p.Contains("**", StringComparison.Ordinal)) ? "true" : "false")});";
    }
}
