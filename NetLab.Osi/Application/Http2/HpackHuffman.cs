namespace NetLab.Osi.Application.Http2;

/// <summary>
/// The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: how long each code is says all of it, codes are given out in the
/// order of their lengths and, of one length, of their symbols.
/// </summary>
internal static class HpackHuffman
{
    private const int LongestCode = 30;
    private const int EndOfString = 256;

    // Bits of the code of each byte, and of the end of the string.
    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    // Of each length: the first code, how many there are, and where their symbols begin.
    private static readonly uint[] First = new uint[LongestCode + 1];
    private static readonly int[] Count = new int[LongestCode + 1];
    private static readonly int[] Start = new int[LongestCode + 1];
    private static readonly short[] Symbols = [.. Enumerable.Range(0, Lengths.Length).Select(s => (short)s).OrderBy(s => Lengths[s])];

    static HpackHuffman()
    {
        foreach (byte length in Lengths)
        {
            Count[length]++;
        }

        for (int length = 1; length <= LongestCode; length++)
        {
            First[length] = (First[length - 1] + (uint)Count[length - 1]) << 1;
            Start[length] = Start[length - 1] + Count[length - 1];
        }
    }

    /// <summary>Decodes a string.</summary>
    /// <param name="coded">Its bytes.</param>
    /// <param name="text">Receives what they say; room for 8/5 of them is enough.</param>
    /// <returns>How many bytes they say, or -1 if they are no such string.</returns>
    public static int Decode(ReadOnlySpan<byte> coded, Span<byte> text)
    {
        int written = 0;
        uint code = 0;
        int length = 0;
        foreach (byte next in coded)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | (uint)((next >> bit) & 1);
                length++;
                if (length > LongestCode)
                {
                    return -1;
                }

                uint index = code - First[length];
                if (code >= First[length] && index < Count[length])
                {
                    int symbol = Symbols[Start[length] + (int)index];
                    if (symbol == EndOfString || written == text.Length)
                    {
                        // RFC 7541, 5.2: the end of the string is never written out.
                        return -1;
                    }

                    text[written++] = (byte)symbol;
                    (code, length) = (0, 0);
                }
            }
        }

        // What is left over is less than a byte of ones.
        return length < 8 && code == (1u << length) - 1 ? written : -1;
    }
}
