using System.Text;

namespace NetLab.Udp.Links.Lines;

/// <summary>Reads lines of text that may be no text at all.</summary>
internal static class BoundedLine
{
    /// <summary>The next line, cut after so many characters: a file that is no text must not be held whole. Null at the end.</summary>
    public static string? Read(TextReader reader, int maxLength)
    {
        int next = reader.Read();
        if (next < 0)
        {
            return null;
        }

        var line = new StringBuilder();
        for (; next >= 0 && next != '\n' && line.Length < maxLength; next = reader.Read())
        {
            line.Append((char)next);
        }

        return line.ToString();
    }
}
