namespace NetLab.Udp.Text;

/// <summary>Opens files of text that people name.</summary>
internal static class TextFile
{
    /// <summary>Reads one.</summary>
    /// <param name="path">As it was named.</param>
    /// <param name="read">Reads the text; says what is wrong with it, or null.</param>
    /// <returns>What is wrong, one line, or null.</returns>
    public static string? Read(string path, Func<TextReader, string?> read)
    {
        if (path.Length == 0)
        {
            return "no file is named";
        }

        if (Directory.Exists(path))
        {
            return "is a folder";
        }

        try
        {
            using var reader = new StreamReader(path);
            return read(reader);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return failure is FileNotFoundException or DirectoryNotFoundException ? "no such file" : $"cannot be read: {failure.Message}";
        }
    }
}
