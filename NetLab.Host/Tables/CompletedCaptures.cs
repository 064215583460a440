using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NetLab.Host.Captures;
using NetLab.Host.Settings;

namespace NetLab.Host.Tables;

/// <summary>
/// Which captures have all their tables in a folder: a note for each, written when the last table is complete. So a run that was
/// broken off goes on where it was, and a capture or a question that has changed is written anew.
/// </summary>
/// <param name="folder">The folder of the tables.</param>
/// <param name="question">What decides what the tables hold: the command's options and the program's version.</param>
internal sealed partial class CompletedCaptures(string folder, string question)
{
    /// <summary>A name a capture, for the files of its tables: its own, and a number where another has it already.</summary>
    /// <param name="paths">The captures.</param>
    public static IReadOnlyList<(string Path, string Name)> NamesOf(IEnumerable<string> paths)
    {
        // Those of another machine that has the same captures in another order are the same.
        var names = new List<(string, string)>();
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            string safe = SafeName.Of(path, "capture");
            string name = safe;
            for (int i = 2; !used.Add(name); i++)
            {
                name = $"{safe}-{i}";
            }

            names.Add((path, name));
        }

        return names;
    }

    /// <summary>Whether a capture's tables are complete, and it has not changed since.</summary>
    /// <param name="path">The capture.</param>
    /// <param name="name">Its name, of <see cref="NamesOf"/>.</param>
    public bool Has(string path, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(name)), NoteJson.Default.Note) == NoteOf(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    /// <summary>Removes a capture's note and its tables before they are written anew: not all that another question had tables of has one now.</summary>
    /// <param name="name">Its name, of <see cref="NamesOf"/>.</param>
    public void Remove(string name)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            // A folder that another program made, or a run without notes, has no notes: File.Delete would say that the path is not there.
            if (File.Exists(PathOf(name)))
            {
                File.Delete(PathOf(name));
            }

            foreach (string table in Directory.EnumerateDirectories(folder))
            {
                File.Delete(Path.Combine(table, name + ".parquet"));
            }

            // A partition may have several files of it, by number.
            string packets = Path.Combine(folder, "packets");
            foreach (string partition in Directory.Exists(packets) ? Directory.EnumerateDirectories(packets, "*", SearchOption.AllDirectories) : [])
            {
                foreach (string file in Directory.EnumerateFiles(partition).Where(f => IsNumbered(Path.GetFileName(f), name)))
                {
                    File.Delete(file);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--parquet '{folder}': {OutputPath.Why(PathOf(name), error)}");
        }
    }

    /// <summary>Notes that all tables of a capture are complete.</summary>
    /// <param name="path">The capture.</param>
    /// <param name="name">Its name, of <see cref="NamesOf"/>.</param>
    public void Add(string path, string name)
    {
        string note = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(note)!);
        File.WriteAllBytes(note + ".part", JsonSerializer.SerializeToUtf8Bytes(NoteOf(path), NoteJson.Default.Note));
        File.Move(note + ".part", note, overwrite: true);
    }

    private static bool IsNumbered(string file, string name) =>
        file.StartsWith(name + "-", StringComparison.Ordinal) && file.EndsWith(".parquet", StringComparison.Ordinal)
        && int.TryParse(file.AsSpan()[(name.Length + 1)..^".parquet".Length], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private string PathOf(string name) => Path.Combine(folder, "complete", name + ".json");

    private Note NoteOf(string path)
    {
        var file = new FileInfo(path);
        return new Note(Path.GetFileName(path), file.Length, file.LastWriteTimeUtc, question);
    }

    internal sealed record Note(string Capture, long Bytes, DateTime Modified, string Question);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
    [JsonSerializable(typeof(Note))]
    private sealed partial class NoteJson : JsonSerializerContext;
}
