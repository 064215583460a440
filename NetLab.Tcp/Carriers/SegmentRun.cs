using System.Buffers.Binary;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Carriers;

/// <summary>
/// How many segments of a batch are one behind the other and alike, so that a device with offloads can cut them out of one large segment: their headers
/// are the same but for number and checksum, and only the last may ask to be passed on (PSH) or be the end (FIN), or be shorter.
/// </summary>
internal static class SegmentRun
{
    private const int SequenceOffset = 4;
    private const int OffsetOffset = 12;
    private const int FlagsOffset = 13;
    private const int WindowOffset = 14;
    private const int UrgentOffset = 18;
    private const byte MayDiffer = (byte)(SegmentFlags.Psh | SegmentFlags.Fin);

    // Only the first of what is cut has CWR (TUN_F_TSO_ECN).
    private const byte OnlyFirst = (byte)SegmentFlags.Cwr;

    /// <summary>Counts them.</summary>
    /// <param name="segments">They, back to back; the first one whole.</param>
    /// <param name="segmentSize">Bytes of each but the last.</param>
    /// <param name="maxBytes">Bytes of header and payloads together, at most.</param>
    /// <returns>How many, at least 1.</returns>
    public static int Count(ReadOnlySpan<byte> segments, int segmentSize, int maxBytes)
    {
        if (segments.Length <= segmentSize)
        {
            return 1;
        }

        ReadOnlySpan<byte> first = segments[..segmentSize];
        int header = (first[OffsetOffset] >> 4) * 4;
        int payload = segmentSize - header;
        if (payload <= 0 || (first[FlagsOffset] & MayDiffer) != 0)
        {
            return 1;
        }

        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(first[SequenceOffset..]);
        int count = 1;
        for (int at = segmentSize; segments.Length - at > header && header + ((count + 1) * payload) <= maxBytes; at += segmentSize)
        {
            ReadOnlySpan<byte> next = segments[at..Math.Min(at + segmentSize, segments.Length)];
            bool isAlike = BinaryPrimitives.ReadUInt32BigEndian(next) == BinaryPrimitives.ReadUInt32BigEndian(first)
                && BinaryPrimitives.ReadUInt32BigEndian(next[SequenceOffset..]) == unchecked(sequence + (uint)(count * payload))
                && BinaryPrimitives.ReadUInt32BigEndian(next[8..]) == BinaryPrimitives.ReadUInt32BigEndian(first[8..])
                && next[OffsetOffset] == first[OffsetOffset]
                && ((next[FlagsOffset] ^ (first[FlagsOffset] & ~OnlyFirst)) & ~MayDiffer) == 0
                && BinaryPrimitives.ReadUInt16BigEndian(next[WindowOffset..]) == BinaryPrimitives.ReadUInt16BigEndian(first[WindowOffset..])
                && next[UrgentOffset..header].SequenceEqual(first[UrgentOffset..header]);
            if (!isAlike)
            {
                break;
            }

            count++;
            if ((next[FlagsOffset] & MayDiffer) != 0)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>The flags of the large segment: those of the first, and what the last one has besides.</summary>
    public static byte Flags(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) => (byte)(first[FlagsOffset] | (last[FlagsOffset] & MayDiffer));

    /// <summary>Writes flags into a segment.</summary>
    public static void SetFlags(Span<byte> segment, byte flags) => segment[FlagsOffset] = flags;

    /// <summary>Whether a segment has CWR.</summary>
    public static bool HasCwr(ReadOnlySpan<byte> segment) => (segment[FlagsOffset] & OnlyFirst) != 0;
}
