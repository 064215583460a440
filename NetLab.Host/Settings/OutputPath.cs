namespace NetLab.Host.Settings;

/// <summary>A file that a command line wants written: what is wrong with it is known before anything is measured or bound.</summary>
internal static class OutputPath
{
    /// <summary>Sees that a file can stand there.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Check(string? path, string option)
    {
        if (path is null)
        {
            return;
        }

        if (path.Length == 0)
        {
            throw new UsageException($"{option} '': a file has a name");
        }

        if (WhyNot(path) is { } why)
        {
            throw new UsageException($"{option} '{path}': {why}");
        }
    }

    /// <summary>Why a file could not be written, in as few words as say it.</summary>
    public static string Why(string path, Exception error) => WhyNot(path) ?? error.Message;

    private static string? WhyNot(string path) =>
        Directory.Exists(path) ? "is a folder"
        : Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder) ? "the folder does not exist"
        : null;
}
