namespace NetLab.Host.Tests;

/// <summary>Command lines that are wrong, and a word that the one line about each has to have: Data/wrong-command-lines.tsv.</summary>
internal static class WrongCommandLines
{
    /// <summary>
    /// They: words, a tab, the word. '' is an empty word, {capture} a capture, {junk} a file of something else, {folder} a folder.
    /// </summary>
    public static IReadOnlyList<string> All { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "wrong-command-lines.tsv")).Where(line => line.Length > 0)];
}
