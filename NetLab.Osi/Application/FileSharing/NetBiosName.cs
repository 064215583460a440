namespace NetLab.Osi.Application.FileSharing;

/// <summary>A NetBIOS name in its first-level encoding (RFC 1001, 14.1): two letters a byte.</summary>
internal static class NetBiosName
{
    /// <summary>Characters of an encoded name.</summary>
    public const int EncodedLength = 32;

    /// <summary>Its name without padding, and in brackets the byte that says what has it: <c>SERVER&lt;20&gt;</c>; null if it is none.</summary>
    /// <param name="encoded">The letters.</param>
    public static string? Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < EncodedLength)
        {
            return null;
        }

        Span<char> name = stackalloc char[EncodedLength / 2];
        for (int i = 0; i < name.Length; i++)
        {
            int high = encoded[2 * i] - 'A';
            int low = encoded[(2 * i) + 1] - 'A';
            if (high is < 0 or > 15 || low is < 0 or > 15)
            {
                return null;
            }

            name[i] = (char)((high << 4) | low);
        }

        int suffix = name[15];
        return $"{name[..15].TrimEnd(' ').TrimEnd('\0')}<{suffix:x2}>";
    }
}
