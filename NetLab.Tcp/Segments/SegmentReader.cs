using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Segments;

/// <summary>Reads a segment out of a datagram. Bad bytes are an ordinary answer; nothing is allocated and nothing thrown.</summary>
public static class SegmentReader
{
    // Two no-operations and the timestamps (RFC 7323, appendix A): all that nearly every segment of an open connection carries.
    private const uint AlignedTimestamps = 0x0101080A;
    private const int AlignedTimestampsSize = 12;

    /// <summary>Reads a segment and checks its checksum.</summary>
    /// <param name="datagram">A whole UDP payload.</param>
    /// <param name="segment">The segment, pointing into <paramref name="datagram"/>.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out Segment segment, out SegmentError error) =>
        TryRead(datagram, EcnCodepoint.NotEct, out segment, out error);

    /// <summary>The same of a datagram whose IP header is known.</summary>
    /// <param name="datagram">A whole UDP payload.</param>
    /// <param name="ecn">The header's ECN field.</param>
    /// <param name="segment">The segment, pointing into <paramref name="datagram"/>.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryRead(ReadOnlySpan<byte> datagram, EcnCodepoint ecn, out Segment segment, out SegmentError error)
    {
        segment = default;
        if (datagram.Length < SegmentHeader.MinSize)
        {
            error = SegmentError.Truncated;
            return false;
        }

        int headerLength = (datagram[12] >> 4) * 4;
        if (headerLength < SegmentHeader.MinSize)
        {
            error = SegmentError.BadDataOffset;
            return false;
        }

        if (headerLength > datagram.Length)
        {
            error = SegmentError.Truncated;
            return false;
        }

        if (InternetChecksum.OfSegment(datagram) != 0)
        {
            error = SegmentError.BadChecksum;
            return false;
        }

        if (!TryReadOptions(datagram[SegmentHeader.MinSize..headerLength], out SegmentOptions options))
        {
            error = SegmentError.BadOption;
            return false;
        }

        segment = new Segment(HeaderOf(datagram, options), datagram[headerLength..]) { Ecn = ecn };
        error = SegmentError.None;
        return true;
    }

    /// <summary>Reads a header of which only the bytes up to its end may be there, and whose checksum another judges: that of a captured segment.</summary>
    /// <param name="bytes">The bytes from the header's first on.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if the bytes are none: too few, or with options that make no sense.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = default;
        int length = bytes.Length < SegmentHeader.MinSize ? 0 : (bytes[12] >> 4) * 4;
        if (length < SegmentHeader.MinSize || length > bytes.Length || !TryReadOptions(bytes[SegmentHeader.MinSize..length], out SegmentOptions options))
        {
            return false;
        }

        header = HeaderOf(bytes, options);
        return true;
    }

    // The three reserved bits are ignored, as RFC 9293, 3.1 wants of who does not know them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SegmentHeader HeaderOf(ReadOnlySpan<byte> bytes, in SegmentOptions options) => new()
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes),
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
        Sequence = new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])),
        Acknowledgment = new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes[8..])),
        Flags = (SegmentFlags)(bytes[13] | ((bytes[12] & 1) << 8)),
        Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
        Options = options,
    };

    /// <summary>Whether options begin as those of nearly every segment do: with timestamps on a word's boundary.</summary>
    internal static bool HasAlignedTimestamps(ReadOnlySpan<byte> options) => BinaryPrimitives.ReadUInt32BigEndian(options) == AlignedTimestamps;

    private static SegmentTimestamps ReadTimestamps(ReadOnlySpan<byte> value) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]));

    private static bool TryReadOptions(ReadOnlySpan<byte> bytes, out SegmentOptions options)
    {
        options = default;
        if (bytes.Length == AlignedTimestampsSize && HasAlignedTimestamps(bytes))
        {
            options = new SegmentOptions { Timestamps = ReadTimestamps(bytes[4..]) };
            return true;
        }

        while (!bytes.IsEmpty)
        {
            var kind = (OptionKind)bytes[0];
            if (kind == OptionKind.End)
            {
                return true;
            }

            if (kind == OptionKind.NoOperation)
            {
                bytes = bytes[1..];
                continue;
            }

            // RFC 9293, 3.2: a length below 2 would never end, one past the header would read the payload.
            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> value = bytes[2..bytes[1]];
            bytes = bytes[bytes[1]..];
            switch (kind, value.Length)
            {
                case (OptionKind.MaxSegmentSize, 2):
                    options = options with { MaxSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(value) };
                    break;
                case (OptionKind.WindowScale, 1):
                    options = options with { WindowScale = value[0] };
                    break;
                case (OptionKind.SackPermitted, 0):
                    options = options with { SackPermitted = true };
                    break;
                case (OptionKind.Timestamps, 8):
                    options = options with { Timestamps = ReadTimestamps(value) };
                    break;
                case (OptionKind.Sack, >= 8 and <= 32) when value.Length % 8 == 0:
                    options = options with { Sack = ReadSack(value) };
                    break;
                case (OptionKind.AccurateEcn0 or OptionKind.AccurateEcn1, _):
                    options = options with { AccurateEcn = ReadAccurateEcn(value, kind == OptionKind.AccurateEcn1) };
                    break;
                case (OptionKind.MaxSegmentSize or OptionKind.WindowScale or OptionKind.SackPermitted
                    or OptionKind.Timestamps or OptionKind.Sack, _):
                    return false;
                default:
                    // RFC 9293, 3.2: unknown options are skipped by their length.
                    break;
            }
        }

        return true;
    }

    // RFC 9768, 3.2.3: of any other length, the whole fields count and the rest is padding.
    private static AccurateEcnCounters ReadAccurateEcn(ReadOnlySpan<byte> value, bool ect1First)
    {
        int fields = Math.Min(3, value.Length / 3);
        uint first = fields > 0 ? ReadUInt24(value) : 0;
        uint last = fields > 2 ? ReadUInt24(value[6..]) : 0;
        return new AccurateEcnCounters(ect1First ? last : first, fields > 1 ? ReadUInt24(value[3..]) : 0, ect1First ? first : last, fields, ect1First);
    }

    private static uint ReadUInt24(ReadOnlySpan<byte> bytes) => (uint)((bytes[0] << 16) | (bytes[1] << 8) | bytes[2]);

    private static SackBlocks ReadSack(ReadOnlySpan<byte> value)
    {
        var blocks = default(SackBlocks);
        for (; value.Length >= 8; value = value[8..])
        {
            blocks.Add(new SackBlock(
                new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(value)),
                new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(value[4..]))));
        }

        return blocks;
    }
}
