using System.Buffers.Binary;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Receiving;

/// <summary>
/// The header that the next segment of a bulk transfer has: that of the segment before it, but for number, checksum and PSH (header
/// prediction, as Van Jacobson did it).
/// </summary>
internal readonly ref struct HeaderPrediction
{
    private const int HeaderWithTimestamps = SegmentHeader.MinSize + SegmentTimestamps.OptionBytes;
    private const uint NotPush = ~((uint)SegmentFlags.Psh << 16);

    private readonly ReadOnlySpan<byte> _segment;

    private HeaderPrediction(ReadOnlySpan<byte> segment, int headerLength)
    {
        _segment = segment;
        HeaderLength = headerLength;
    }

    /// <summary>Bytes of the header.</summary>
    public int HeaderLength { get; }

    /// <summary>SEG.ACK.</summary>
    public SequenceNumber Acknowledgment => new(BinaryPrimitives.ReadUInt32BigEndian(_segment[8..]));

    /// <summary>The sequence number behind the segment.</summary>
    public SequenceNumber Next => SequenceOf(_segment).Add(_segment.Length - HeaderLength);

    /// <summary>Predicts by a segment: one with ACK, perhaps PSH, and no options but timestamps.</summary>
    /// <param name="segment">A valid segment.</param>
    /// <param name="prediction">What follows it.</param>
    public static bool TryMake(ReadOnlySpan<byte> segment, out HeaderPrediction prediction)
    {
        int headerLength = (segment[12] >> 4) * 4;
        prediction = new HeaderPrediction(segment, headerLength);
        return (segment[13] & ~(int)SegmentFlags.Psh) == (int)SegmentFlags.Ack
            && (headerLength == SegmentHeader.MinSize
                || (headerLength == HeaderWithTimestamps && SegmentReader.HasAlignedTimestamps(segment[SegmentHeader.MinSize..])));
    }

    /// <summary>Whether a datagram has that header, a number, and text; its checksum is not looked at.</summary>
    public bool Matches(ReadOnlySpan<byte> datagram, SequenceNumber expected) =>
        datagram.Length > HeaderLength
        && datagram[..4].SequenceEqual(_segment[..4])
        && datagram.Slice(8, 4).SequenceEqual(_segment.Slice(8, 4))
        && ((BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]) ^ BinaryPrimitives.ReadUInt32BigEndian(_segment[12..])) & NotPush) == 0
        && datagram[18..HeaderLength].SequenceEqual(_segment[18..HeaderLength])
        && SequenceOf(datagram) == expected;

    private static SequenceNumber SequenceOf(ReadOnlySpan<byte> segment) => new(BinaryPrimitives.ReadUInt32BigEndian(segment[4..]));
}
