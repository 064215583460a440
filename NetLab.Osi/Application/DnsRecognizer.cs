using System.Buffers.Binary;

namespace NetLab.Osi.Application;

/// <summary>
/// Recognizes DNS on ports that are not its own. A message has no magic number, so all of it is checked: flags that belong
/// together, one question for a host name of a type and a class that are in use, and records that end where the message does.
/// </summary>
internal static class DnsRecognizer
{
    private const int LengthSize = 2;
    private const int MaxRecords = 64;

    // RFC 1035, 4.1.1: response, opcode, authoritative, truncated, recursion desired and available; RFC 4035, 3.2: authentic data, checking disabled.
    private const int Response = 0x8000;
    private const int OpcodeMask = 0x7800;
    private const int Reserved = 0x0040;
    private const int OnlyInResponses = 0x0400 | 0x0200 | 0x0080;
    private const int RcodeMask = 0x000F;
    private const int MaxRcode = 5;
    private const int Internet = 1;

    /// <summary>Whether a datagram is a message, and nothing else.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DnsMessage.HeaderSize + 5)
        {
            return false;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        int questions = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        int additional = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        if (questions != 1 || (flags & (OpcodeMask | Reserved)) != 0 || answers + authorities + additional > MaxRecords)
        {
            return false;
        }

        // A query brings at most what it says of itself (RFC 6891) and a signature (RFC 8945).
        bool isRight = (flags & Response) != 0
            ? (flags & RcodeMask) <= MaxRcode
            : (flags & (OnlyInResponses | RcodeMask)) == 0 && answers == 0 && authorities == 0 && additional <= 2;
        return isRight && AsksForHost(bytes) && DnsMessage.TryRead(bytes, out DnsMessage message) && message.FindFault(out int end) is null && end == bytes.Length;
    }

    /// <summary>Whether a stream begins with a message behind its length (RFC 1035, 4.2.2).</summary>
    public static bool BeginsStream(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LengthSize + DnsMessage.HeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return length <= bytes.Length - LengthSize && Begins(bytes.Slice(LengthSize, length));
    }

    // Letters, digits, hyphens and underscores in labels that are written out: the first name of a message has nothing to point to.
    private static bool AsksForHost(ReadOnlySpan<byte> bytes)
    {
        int at = DnsMessage.HeaderSize;
        while (at < bytes.Length && bytes[at] is > 0 and <= 63)
        {
            int next = at + 1 + bytes[at];
            if (next >= bytes.Length)
            {
                return false;
            }

            foreach (byte b in bytes[(at + 1)..next])
            {
                if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'_'))
                {
                    return false;
                }
            }

            at = next;
        }

        return at > DnsMessage.HeaderSize && at + 5 <= bytes.Length && bytes[at] == 0
            && IsInUse(BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 1)..])) && BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 3)..]) == Internet;
    }

    // Types that are asked for (IANA, DNS parameters).
    private static bool IsInUse(int type) =>
        type is 1 or 2 or 5 or 6 or 12 or 13 or 15 or 16 or 28 or 33 or 35 or 37 or 39 or 43 or 44 or 46 or 47 or 48 or 50 or 51 or 52 or 53 or 59 or 60 or 61 or 64 or 65 or 99 or 252 or 255 or 256 or 257;
}
