using System.Globalization;
using System.Text;

namespace NetLab.Cluster.Work;

/// <summary>
/// The folder of a decode's tables, which is also the only record of what is done: each piece has a file that is written last, when all its
/// tables have their names. Whoever coordinates next reads it there, and a piece that is decoded twice has the same files both times.
/// </summary>
internal static class ShardFolder
{
    private const string Tables = ".parquet";
    private const string Done = ".done";
    private const string JobFile = "job";

    /// <summary>Where the record is kept, below the tables: engines read no folder whose name begins with a dot.</summary>
    public static string RecordOf(string folder) => Path.Combine(folder, ".nlab");

    /// <summary>Makes the folder a job's.</summary>
    /// <exception cref="IOException">It has tables of something else, or cannot be written.</exception>
    public static void Begin(string folder, string job)
    {
        string record = RecordOf(folder);
        string path = Path.Combine(record, JobFile);
        if (JobOf(folder) is { } known ? known == job : !Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*" + Tables).Any())
        {
            Directory.CreateDirectory(record);
            WriteWhole(path, job);
            return;
        }

        throw new IOException("has tables of other captures: choose an empty folder");
    }

    /// <summary>The job that a folder is of; null for none.</summary>
    public static string? JobOf(string folder) => Path.Combine(RecordOf(folder), JobFile) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    /// <summary>The pieces that are done, and what is wrong with their captures, if anything is.</summary>
    public static IReadOnlyDictionary<int, string?> DoneOf(string folder)
    {
        var done = new Dictionary<int, string?>();
        foreach (string path in Directory.Exists(RecordOf(folder)) ? Directory.EnumerateFiles(RecordOf(folder), "*" + Done) : [])
        {
            if (int.TryParse(Path.GetFileName(path).Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                done[index] = File.ReadAllText(path) is { Length: > 0 } warning ? warning : null;
            }
        }

        return done;
    }

    /// <summary>Removes what nodes that died had not completed.</summary>
    public static void RemoveAttempts(string folder)
    {
        foreach (string attempt in Directory.EnumerateDirectories(RecordOf(folder)))
        {
            Directory.Delete(attempt, recursive: true);
        }
    }

    /// <summary>Decodes a piece into a folder of its own, gives the tables their names, and notes it as done.</summary>
    /// <returns>What is wrong with the capture, although there are tables; null for nothing.</returns>
    /// <exception cref="IOException">There are no tables.</exception>
    public static async Task<string?> DecodeAsync(INodeWork work, DecodeShard shard, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(RecordOf(shard.Folder)))
        {
            throw new IOException($"{shard.Folder} is not there: all nodes need the same folders");
        }

        string attempt = Path.Combine(RecordOf(shard.Folder), $"{shard.Mark}.{Guid.NewGuid():N}");
        Directory.CreateDirectory(attempt);
        try
        {
            string? warning = await work.DecodeAsync(shard, attempt, cancellationToken).ConfigureAwait(false);
            foreach (string table in Directory.EnumerateFiles(attempt, "*" + Tables))
            {
                string name = Path.GetFileNameWithoutExtension(table);
                File.Move(table, Path.Combine(shard.Folder, (name.EndsWith("-" + shard.Mark, StringComparison.Ordinal) ? name : $"{name}-{shard.Mark}") + Tables), overwrite: true);
            }

            WriteWhole(Path.Combine(RecordOf(shard.Folder), shard.Mark + Done), warning ?? "");
            return warning;
        }
        finally
        {
            if (Directory.Exists(attempt))
            {
                Directory.Delete(attempt, recursive: true);
            }
        }
    }

    // There with all of its bytes, or not at all.
    private static void WriteWhole(string path, string text)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        File.WriteAllText(part, text, new UTF8Encoding(false));
        File.Move(part, path, overwrite: true);
    }
}
