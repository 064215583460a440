using System.Buffers.Binary;

namespace NetLab.Osi.Presentation;

/// <summary>
/// The hello of SSL 2.0, in which clients also asked for SSL 3.0 and TLS (RFC 5246, E.2): two bytes of length whose highest bit is
/// set, the type, a version, three lengths, and ciphers of three bytes each.
/// </summary>
internal static class Ssl2Hello
{
    private const int HeaderSize = 11;
    private const int CipherSize = 3;

    /// <summary>Whether bytes begin with one whose lengths agree.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && (bytes[0] & 0x80) != 0 && bytes[2] == TlsNumbers.ClientHello
        && VersionOf(bytes) is 0x0002 or (>= 0x0300 and <= TlsNumbers.Tls13)
        && CiphersOf(bytes) is > 0 and var ciphers && ciphers % CipherSize == 0
        && LengthOf(bytes) == HeaderSize - 2 + ciphers + BinaryPrimitives.ReadUInt16BigEndian(bytes[7..]) + BinaryPrimitives.ReadUInt16BigEndian(bytes[9..]);

    /// <summary>Bytes of it behind the two of its length.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0x7FFF;

    /// <summary>The version that it asks for.</summary>
    public static int VersionOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);

    /// <summary>The ciphers of SSL 3.0 and TLS in it: those whose first byte is 0.</summary>
    public static int[] Ciphers(ReadOnlySpan<byte> hello)
    {
        var ciphers = new List<int>();
        for (int at = HeaderSize; at < HeaderSize + CiphersOf(hello) && at + CipherSize <= hello.Length; at += CipherSize)
        {
            if (hello[at] == 0)
            {
                ciphers.Add(BinaryPrimitives.ReadUInt16BigEndian(hello[(at + 1)..]));
            }
        }

        return [.. ciphers];
    }

    private static int CiphersOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]);
}
