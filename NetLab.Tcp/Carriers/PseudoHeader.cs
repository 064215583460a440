using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Carriers;

/// <summary>
/// The addresses of the pseudo-header (RFC 9293, 3.1; RFC 8200, 8.1) put into the checksum of a segment that was made without them, and taken out of it.
/// Both are a few additions whatever the segment's length (RFC 1624), so the machine makes and checks one checksum, whichever carrier it has.
/// </summary>
internal static class PseudoHeader
{
    /// <summary>Where the checksum stands in a segment.</summary>
    public const int ChecksumOffset = 16;

    /// <summary>The sum of a packet's addresses, in the machine's byte order.</summary>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">As many.</param>
    public static ushort SumOf(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination) =>
        Fold(InternetChecksum.Sum(destination, InternetChecksum.Sum(source, 0)));

    /// <summary>Puts addresses into the checksum of a segment made without them.</summary>
    /// <param name="segment">The segment, at least its first 18 bytes.</param>
    /// <param name="addresses">See <see cref="SumOf"/>.</param>
    public static void Add(Span<byte> segment, ushort addresses) => Adjust(segment, addresses);

    /// <summary>Takes addresses out of the checksum of a segment as it came.</summary>
    /// <param name="segment">The segment, at least its first 18 bytes.</param>
    /// <param name="addresses">See <see cref="SumOf"/>.</param>
    public static void Remove(Span<byte> segment, ushort addresses) => Adjust(segment, (ushort)~addresses);

    /// <summary>
    /// Writes what a segment's checksum is to begin with where another adds up the rest: the sum of the whole pseudo-header, not complemented.
    /// </summary>
    /// <param name="segment">The segment, at least its first 18 bytes.</param>
    /// <param name="addresses">See <see cref="SumOf"/>.</param>
    /// <param name="length">Bytes of the segment as it is handed over, header and payload.</param>
    public static void Begin(Span<byte> segment, ushort addresses, int length)
    {
        // The checksum over nothing is the complement of what it begins with.
        ushort begin = (ushort)~InternetChecksum.OfParts(addresses, length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumOffset..], begin);
    }

    /// <summary>Whether a segment's checksum is what <see cref="Begin"/> writes: its sender left the rest to a card that it has not met.</summary>
    public static bool IsBegun(ReadOnlySpan<byte> segment, ushort addresses) =>
        BinaryPrimitives.ReadUInt16BigEndian(segment[ChecksumOffset..]) == (ushort)~InternetChecksum.OfParts(addresses, segment.Length);

    /// <summary>Completes the checksum of a segment that came without one, with both addresses as zero.</summary>
    public static void Complete(Span<byte> segment)
    {
        segment.Slice(ChecksumOffset, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumOffset..], InternetChecksum.OfSegment(segment));
    }

    private static void Adjust(Span<byte> segment, ushort more)
    {
        Span<byte> field = segment.Slice(ChecksumOffset, 2);
        uint sum = (uint)(ushort)~MemoryMarshal.Read<ushort>(field) + more;
        MemoryMarshal.Write(field, (ushort)~Fold(sum));
    }

    private static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
