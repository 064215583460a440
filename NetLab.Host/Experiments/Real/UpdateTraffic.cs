using NetLab.Tcp.Segments;

namespace NetLab.Host.Experiments.Real;

/// <summary>
/// What a server's connections carry: bytes that come for the first time, and segments that bring such bytes or acknowledge some for the first time.
/// What a late timer sends again is no part of what an update costs. Safe for use by several threads.
/// </summary>
internal sealed class UpdateTraffic
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(ushort From, ushort To), Direction> _directions = [];
    private long _segments;
    private long _bytes;

    /// <summary>Segments and bytes of payload so far.</summary>
    public (long Segments, long Bytes) Now
    {
        get
        {
            lock (_lock)
            {
                return (_segments, _bytes);
            }
        }
    }

    /// <summary>Counts a segment, sent or received.</summary>
    public void Count(ReadOnlySpan<byte> datagram)
    {
        if (!SegmentReader.TryRead(datagram, out Segment segment, out SegmentError _))
        {
            return;
        }

        SegmentHeader header = segment.Header;
        SequenceNumber end = header.Sequence.Add(segment.SequenceLength);
        lock (_lock)
        {
            bool isFirst = !_directions.TryGetValue((header.SourcePort, header.DestinationPort), out Direction known);
            int fresh = isFirst ? segment.SequenceLength : Math.Max(0, end.DistanceFrom(known.End));
            bool acknowledges = header.Has(SegmentFlags.Ack) && (isFirst || header.Acknowledgment.DistanceFrom(known.Acknowledged) > 0);
            if (fresh > 0 || acknowledges)
            {
                _segments++;
                _bytes += Math.Min(fresh, segment.Payload.Length);
            }

            _directions[(header.SourcePort, header.DestinationPort)] =
                new Direction(isFirst || fresh > 0 ? end : known.End, acknowledges ? header.Acknowledgment : known.Acknowledged);
        }
    }

    private readonly record struct Direction(SequenceNumber End, SequenceNumber Acknowledged);
}
