using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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

    /// <summary>The checksum of bytes without a pseudo-header, such as an IPv4 header or an ICMP message; over valid ones the result is 0.</summary>
    internal static ushort Of(ReadOnlySpan<byte> bytes) => Finish(Sum(bytes, 0));

    /// <summary>The checksum of a message of another protocol with a pseudo-header.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="addresses">The sum of the packet's addresses, in the machine's byte order.</param>
    /// <param name="protocol">By IANA's number.</param>
    internal static ushort OfMessage(ReadOnlySpan<byte> message, ushort addresses, byte protocol) =>
        Finish(Sum(message, addresses + PseudoHeader(message.Length + protocol - TcpProtocol)));

    /// <summary>A segment's checksum out of the sums of its parts; each but the last must be of even length.</summary>
    /// <param name="sum">The sum of all parts, the checksum's own field as 0.</param>
    /// <param name="length">Bytes of the segment.</param>
    internal static ushort OfParts(ulong sum, int length) => Finish(sum + PseudoHeader(length));

    // Protocol and length in the machine's byte order. A segment in a datagram is shorter than 2^16 bytes.
    private static ulong PseudoHeader(int length)
    {
        uint word = (uint)(TcpProtocol + length);
        return BitConverter.IsLittleEndian
            ? (ulong)BinaryPrimitives.ReverseEndianness((ushort)word) + BinaryPrimitives.ReverseEndianness((ushort)(word >> 16))
            : word;
    }

    /// <summary>
    /// Adds up bytes. The sum is kept in the machine's byte order over 32-bit words and folded at the end: RFC 1071, 2 (B) and
    /// (C), shows that neither the width nor the byte order changes the result.
    /// </summary>
    internal static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum) => sum + SumAndCopy<Nowhere>(bytes, default);

    /// <summary>Copies bytes and adds them up in one go.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="destination">At least as long.</param>
    internal static ulong CopyAndSum(ReadOnlySpan<byte> bytes, Span<byte> destination) => SumAndCopy<There>(bytes, destination[..bytes.Length]);

    // Both halves of each 32-bit lane are added to a lane of the sum: 2^15 vectors fit before one could overflow, and a datagram
    // has no more than 2^11.
    private static ulong SumAndCopy<TCopy>(ReadOnlySpan<byte> bytes, Span<byte> destination)
        where TCopy : struct, ICopy
    {
        ref byte from = ref MemoryMarshal.GetReference(bytes);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        nuint length = (nuint)bytes.Length;
        nuint at = 0;
        ulong sum = 0;
        if (Vector512.IsHardwareAccelerated && length >= (nuint)(2 * Vector512<byte>.Count))
        {
            Vector512<uint> low = Vector512.Create(0xFFFFu);
            Vector512<uint> first = Vector512<uint>.Zero;
            Vector512<uint> second = Vector512<uint>.Zero;
            for (; at + (nuint)(2 * Vector512<byte>.Count) <= length; at += (nuint)(2 * Vector512<byte>.Count))
            {
                Vector512<byte> a = Vector512.LoadUnsafe(ref from, at);
                Vector512<byte> b = Vector512.LoadUnsafe(ref from, at + (nuint)Vector512<byte>.Count);
                if (TCopy.Copies)
                {
                    a.StoreUnsafe(ref to, at);
                    b.StoreUnsafe(ref to, at + (nuint)Vector512<byte>.Count);
                }

                first += (a.AsUInt32() & low) + (a.AsUInt32() >> 16);
                second += (b.AsUInt32() & low) + (b.AsUInt32() >> 16);
            }

            sum = SumOf(first.GetLower(), first.GetUpper()) + SumOf(second.GetLower(), second.GetUpper());
        }

        if (Vector256.IsHardwareAccelerated && at + (nuint)(2 * Vector256<byte>.Count) <= length)
        {
            Vector256<uint> low = Vector256.Create(0xFFFFu);
            Vector256<uint> first = Vector256<uint>.Zero;
            Vector256<uint> second = Vector256<uint>.Zero;
            for (; at + (nuint)(2 * Vector256<byte>.Count) <= length; at += (nuint)(2 * Vector256<byte>.Count))
            {
                Vector256<byte> a = Vector256.LoadUnsafe(ref from, at);
                Vector256<byte> b = Vector256.LoadUnsafe(ref from, at + (nuint)Vector256<byte>.Count);
                if (TCopy.Copies)
                {
                    a.StoreUnsafe(ref to, at);
                    b.StoreUnsafe(ref to, at + (nuint)Vector256<byte>.Count);
                }

                first += (a.AsUInt32() & low) + (a.AsUInt32() >> 16);
                second += (b.AsUInt32() & low) + (b.AsUInt32() >> 16);
            }

            sum += SumOf(first, second);
        }

        if (Vector128.IsHardwareAccelerated && at + (nuint)Vector128<byte>.Count <= length)
        {
            Vector128<uint> low = Vector128.Create(0xFFFFu);
            Vector128<uint> first = Vector128<uint>.Zero;
            for (; at + (nuint)Vector128<byte>.Count <= length; at += (nuint)Vector128<byte>.Count)
            {
                Vector128<byte> a = Vector128.LoadUnsafe(ref from, at);
                if (TCopy.Copies)
                {
                    a.StoreUnsafe(ref to, at);
                }

                first += (a.AsUInt32() & low) + (a.AsUInt32() >> 16);
            }

            (Vector128<ulong> lower, Vector128<ulong> upper) = Vector128.Widen(first);
            sum += Vector128.Sum(lower + upper);
        }

        for (; at + sizeof(uint) <= length; at += sizeof(uint))
        {
            uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, at));
            if (TCopy.Copies)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), word);
            }

            sum += word;
        }

        ReadOnlySpan<byte> rest = bytes[(int)at..];
        if (TCopy.Copies && rest.Length > 0)
        {
            rest.CopyTo(destination[(int)at..]);
        }

        return SumOfLast(rest, sum);
    }

    private static ulong SumOf(Vector256<uint> first, Vector256<uint> second)
    {
        (Vector256<ulong> a, Vector256<ulong> b) = Vector256.Widen(first);
        (Vector256<ulong> c, Vector256<ulong> d) = Vector256.Widen(second);
        return Vector256.Sum(a + b + c + d);
    }

    // Less than a word of 32 bits.
    private static ulong SumOfLast(ReadOnlySpan<byte> bytes, ulong sum)
    {
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

    // Known when the code is compiled: the sum without a copy has no trace of one.
    private interface ICopy
    {
        static abstract bool Copies { get; }
    }

    private readonly struct There : ICopy
    {
        public static bool Copies => true;
    }

    private readonly struct Nowhere : ICopy
    {
        public static bool Copies => false;
    }
}
