using System.Globalization;
using System.Text.Json;
using NetLab.Cluster.Meshes;

namespace NetLab.Host.Nodes;

/// <summary>Where the runs of a mesh are kept: a folder for each time, a file for each pair and transport, and a log of what was measured when.</summary>
internal sealed class MeshFolder
{
    private const string LogFile = "mesh.jsonl";

    /// <summary>Names one; it is made with the first run.</summary>
    /// <param name="folder">The folder of all times.</param>
    /// <param name="now">This time.</param>
    public MeshFolder(string folder, DateTimeOffset now) => Path = System.IO.Path.Combine(folder, now.ToString("yyyy-MM-dd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture));

    /// <summary>The folder of this time.</summary>
    public string Path { get; }

    /// <summary>Keeps a run.</summary>
    public void Keep(MeshResult result)
    {
        Directory.CreateDirectory(Path);
        string name = $"{result.Pair.From}-{result.Pair.To}-{result.Pair.Transport}".Replace(':', '_').Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        string path = System.IO.Path.Combine(Path, name + ".json.gz");
        File.WriteAllBytes(path + ".part", result.Result.Saved);
        File.Move(path + ".part", path, overwrite: true);
        File.AppendAllText(System.IO.Path.Combine(Path, LogFile), JsonSerializer.Serialize(MeshEntry.Of(result), MeshLineJson.Default.MeshEntry) + "\n");
    }
}
