namespace NetLab.Host.Names;

/// <summary>Octets as zone files write them: a character, <c>\.</c> for one without its meaning, <c>\065</c> by its number (RFC 1035, 5.1).</summary>
internal static class TextOctets
{
    /// <summary>Reads the next octet.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it begins; behind it when it was read.</param>
    /// <param name="octet">The octet.</param>
    public static bool TryRead(string text, ref int at, out byte octet)
    {
        octet = 0;
        if (text[at] != '\\')
        {
            octet = unchecked((byte)text[at]);
            return char.IsAscii(text[at++]);
        }

        if (++at == text.Length)
        {
            return false;
        }

        if (!char.IsAsciiDigit(text[at]))
        {
            octet = unchecked((byte)text[at]);
            return char.IsAscii(text[at++]);
        }

        bool isNumber = at + 3 <= text.Length && byte.TryParse(text.AsSpan(at, 3), System.Globalization.NumberStyles.None, null, out octet);
        at += 3;
        return isNumber;
    }

    /// <summary>Reads a character-string, which has 255 octets at most; null if it is none.</summary>
    public static byte[]? ReadString(string text)
    {
        var octets = new List<byte>(text.Length);
        for (int i = 0; i < text.Length;)
        {
            if (!TryRead(text, ref i, out byte octet))
            {
                return null;
            }

            octets.Add(octet);
        }

        return octets.Count <= byte.MaxValue ? [.. octets] : null;
    }
}
