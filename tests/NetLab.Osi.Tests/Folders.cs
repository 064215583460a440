namespace NetLab.Osi.Tests;

/// <summary>Where recordings are.</summary>
internal static class Folders
{
    /// <summary>The project's root: the folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The project's own recordings.</summary>
    public static string Captures => Path.Combine(Root, "captures");

    /// <summary>The project's own recordings' files.</summary>
    public static string[] Recordings => Directory.GetFiles(Captures, "*.pcapng");

    /// <summary>Captures of other people beside the project, with what tshark says of them; null where they are not.</summary>
    public static string? Corpus
    {
        get
        {
            string folder = Path.Combine(Root, "..", "shared", "corpus", "open");
            return Directory.Exists(folder) ? folder : null;
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "NetLab.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the project's folder.");
        }

        return folder.FullName;
    }
}
