using System.Text;

namespace NetLab.Osi.Text;

/// <summary>Words of protocols that are made of text.</summary>
internal static class AsciiText
{
    /// <summary>The bytes before the first of some separators, or all.</summary>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> line, ReadOnlySpan<byte> separators)
    {
        int end = line.IndexOfAny(separators);
        return end < 0 ? line : line[..end];
    }

    /// <summary>A text of the wire: UTF-8, what is none of it replaced.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Whether two texts are the same but for the case of ASCII letters.</summary>
    public static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => System.Text.Ascii.EqualsIgnoreCase(a, b);

    /// <summary>Whether a text begins with another but for the case of ASCII letters.</summary>
    public static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> with) => text.Length >= with.Length && Same(text[..with.Length], with);

    /// <summary>The three digits that begin a reply (RFC 5321, 4.2; RFC 959, 4.2); null if there are none.</summary>
    public static int? ReplyCode(ReadOnlySpan<byte> line) =>
        line.Length >= 3 && char.IsAsciiDigit((char)line[0]) && char.IsAsciiDigit((char)line[1]) && char.IsAsciiDigit((char)line[2])
        && (line.Length == 3 || line[3] is (byte)' ' or (byte)'-')
            ? ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + line[2] - '0'
            : null;
}
