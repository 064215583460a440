using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace NetLab.Tcp.Segments;

/// <summary>The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.</summary>
public static class InternetChecksum
{
    /// <summary>Protocol number of TCP (RFC 9293, 3.1).</summary>
    public const int TcpProtocol = 6;

    /// <summary>The checksum of a TCP segment whose pseudo-header has both addresses zero, as NetLab sends it.</summary>
    /// <remarks>A relay or a NAT in between rewrites addresses; without them in the sum it does no harm.</remarks>
    /// <param name="segment">Header and payload. Over a valid segment the result is 0; to make a checksum, its field must be 0.</param>
    public static ushort OfSegment(ReadOnlySpan<byte> segment) => Finish(Sum(segment, PseudoHeader(segment.Length)));

    /// <summary>The checksum of a TCP segment with the addresses of the IP packet around it.</summary>
    /// <param name="segment">Header and payload.</param>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">4 or 16 bytes.</param>
    public static ushort OfSegment(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination) =>
        Finish(Sum(segment, Sum(destination, Sum(source, PseudoHeader(segment.Length)))));

    // Protocol and length in the machine's byte order. A segment in a datagram is shorter than 2^16 bytes.
    private static ulong PseudoHeader(int length)
    {
        uint word = (uint)(TcpProtocol + length);
        return BitConverter.IsLittleEndian
            ? (ulong)BinaryPrimitives.ReverseEndianness((ushort)word) + BinaryPrimitives.ReverseEndianness((ushort)(word >> 16))
            : word;
    }

    // The sum is kept in the machine's byte order over 32-bit words and folded at the end: RFC 1071, 2 (B) and (C),
    // shows that neither the width nor the byte order changes the result.
    private static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum)
    {
        int vectorBytes = Vector<byte>.Count;
        if (bytes.Length >= 4 * vectorBytes)
        {
            // 32-bit lanes are widened to 64, so no carry is ever lost, whatever the length.
            ReadOnlySpan<Vector<uint>> vectors = MemoryMarshal.Cast<byte, Vector<uint>>(bytes);
            Vector<ulong> low = Vector<ulong>.Zero;
            Vector<ulong> high = Vector<ulong>.Zero;
            foreach (Vector<uint> vector in vectors)
            {
                Vector.Widen(vector, out Vector<ulong> first, out Vector<ulong> second);
                low += first;
                high += second;
            }

            sum += Vector.Sum(low) + Vector.Sum(high);
            bytes = bytes[(vectors.Length * vectorBytes)..];
        }

        while (bytes.Length >= 4)
        {
            sum += MemoryMarshal.Read<uint>(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length == 1)
        {
            // The odd byte is the high half of a word whose low half is zero.
            sum += BitConverter.IsLittleEndian ? bytes[0] : (ulong)bytes[0] << 8;
        }

        return sum;
    }

    private static ushort Finish(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        uint folded = (uint)((sum & 0xFFFF) + ((sum >> 16) & 0xFFFF));
        folded = (folded & 0xFFFF) + (folded >> 16);
        ushort checksum = (ushort)~folded;
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(checksum) : checksum;
    }
}
