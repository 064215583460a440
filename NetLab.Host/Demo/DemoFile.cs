using System.Text;

namespace NetLab.Host.Demo;

/// <summary>The file a demo sends if it is given none: numbered lines, so that a hole in it would show.</summary>
internal static class DemoFile
{
    /// <summary>Enough for a few hundred segments: some are lost at 2 %, and it takes about a second.</summary>
    public const int Size = 512 << 10;

    /// <summary>Writes it.</summary>
    public static FileInfo Create(DirectoryInfo folder, ulong seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var text = new StringBuilder(Size + 100);
        for (int line = 1; text.Length < Size; line++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{line:D6} {random.NextInt64():x16} nlab demo, seed {seed}\n");
        }

        var file = new FileInfo(Path.Combine(folder.FullName, "demo.txt"));
        File.WriteAllText(file.FullName, text.ToString(0, Size));
        return file;
    }
}
