using System.Globalization;

namespace NetLab.Host.Relays;

/// <summary>
/// Which process made something that outlives it stands in a file a thing, so that what one that was killed has left is found by the next.
/// </summary>
/// <param name="kind">What they are: the folder's name.</param>
internal sealed class MakerMarks(string kind)
{
    private const string Root = "/run/nlab";

    private string Folder => Path.Combine(Root, kind);

    /// <summary>This process has made something.</summary>
    /// <param name="name">Its name.</param>
    public void Add(string name)
    {
        Directory.CreateDirectory(Folder);

        // Whole from the first moment: half of it would say that nobody is there who made it.
        string written = Path.Combine(Root, $"{kind}-{name}.new");
        File.WriteAllText(written, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {StartOf(Environment.ProcessId)}"));
        File.Move(written, Path.Combine(Folder, name), overwrite: true);
    }

    /// <summary>It is no more.</summary>
    public void Remove(string name)
    {
        if (Directory.Exists(Folder))
        {
            File.Delete(Path.Combine(Folder, name));
        }
    }

    /// <summary>What processes have made which are no more.</summary>
    public IEnumerable<string> Abandoned()
    {
        foreach (string mark in Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder).Order(StringComparer.Ordinal).ToArray() : [])
        {
            string[] maker = Read(mark).Split(' ');
            bool isThere = maker is [var id, var start] && int.TryParse(id, CultureInfo.InvariantCulture, out int process) && StartOf(process) == start;
            if (!isThere)
            {
                yield return Path.GetFileName(mark);
            }
        }
    }

    private static string Read(string mark)
    {
        try
        {
            return File.ReadAllText(mark).Trim();
        }
        catch (FileNotFoundException)
        {
            // Taken down just now by whoever made it.
            return "";
        }
    }

    // Numbers of processes come round: with the moment of its start one is known for sure (proc(5), field 22 of stat).
    private static string StartOf(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

            // One that has ended, and whose end nobody has taken note of, is still listed.
            return fields[0] is "Z" or "X" ? "" : fields[19];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
