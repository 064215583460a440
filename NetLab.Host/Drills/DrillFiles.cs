using System.Text;
using NetLab.Host.Settings;
using NetLab.Tcp.Simulation.Drill;

namespace NetLab.Host.Drills;

/// <summary>Finds scripts and runs them, as many at once as there are processors.</summary>
internal static class DrillFiles
{
    private const string Extension = ".pkt";

    /// <summary>The scripts of files and folders, in the order of their names.</summary>
    /// <exception cref="UsageException">There is no such file, or no script in a folder.</exception>
    public static IReadOnlyList<DrillFile> Find(IEnumerable<string> paths)
    {
        List<DrillFile> files = [];
        foreach (string path in paths)
        {
            if (File.Exists(path))
            {
                files.Add(new DrillFile(path, FolderOf(path)));
            }
            else if (Directory.Exists(path))
            {
                var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, MaxRecursionDepth = 32 };
                List<string> found = [.. Directory.EnumerateFiles(path, "*" + Extension, options).Order(StringComparer.Ordinal)];
                files.AddRange(found.Count > 0 ? found.Select(f => new DrillFile(f, FolderOf(f))) : throw new UsageException($"'{path}': there is no script (*{Extension}) in this folder"));
            }
            else
            {
                throw new UsageException($"'{path}': no such file or folder");
            }
        }

        return files;
    }

    /// <summary>Runs them.</summary>
    public static IReadOnlyList<DrillVerdict> Run(IReadOnlyList<DrillFile> files, DrillSettings settings, CancellationToken cancellationToken)
    {
        var verdicts = new DrillVerdict[files.Count];
        Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellationToken }, i => verdicts[i] = new DrillVerdict(files[i], RunOne(files[i].Path, settings)));
        return verdicts;
    }

    private static DrillResult RunOne(string path, DrillSettings settings)
    {
        // One byte more than a script may have, so that one that is too long is told from one that is just long enough. A pipe has no
        // length, and a script all the same.
        using FileStream file = File.OpenRead(path);
        byte[] bytes = new byte[file.CanSeek ? Math.Min(file.Length, DrillScript.MaxSize + 1) : DrillScript.MaxSize + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return DrillScript.Run(Encoding.UTF8.GetString(bytes, 0, length), settings);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";
}
