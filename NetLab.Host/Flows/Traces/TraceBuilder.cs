using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Host.Flows.Traces;

/// <summary>Puts together what one end of a connection sent and received, of headers as they were noted: offsets are counted from each direction's SYN.</summary>
internal sealed class TraceBuilder
{
    private readonly Direction _own = new();
    private readonly Direction _peer = new();

    /// <summary>The segments it sent.</summary>
    public IReadOnlyList<SegmentRecord> Sent => _own.Records;

    /// <summary>The segments that it received.</summary>
    public IReadOnlyList<SegmentRecord> Received => _peer.Records;

    /// <summary>Bytes of payload it sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Bytes of payload it received.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Notes a segment.</summary>
    /// <param name="at">When it passed, since the beginning.</param>
    /// <param name="sent">Whether this end sent it.</param>
    /// <param name="header">Its header.</param>
    /// <param name="payloadLength">Bytes of payload on the wire.</param>
    /// <param name="purpose">Why it was sent, where that is known.</param>
    public SegmentRecord Add(TimeSpan at, bool sent, in SegmentHeader header, int payloadLength, SegmentPurpose purpose = SegmentPurpose.New)
    {
        (Direction own, Direction other) = sent ? (_own, _peer) : (_peer, _own);
        (SentBytes, ReceivedBytes) = sent ? (SentBytes + payloadLength, ReceivedBytes) : (SentBytes, ReceivedBytes + payloadLength);
        return own.Add(Instant.FromOrigin(at), header, payloadLength, purpose, other);
    }

    /// <summary>
    /// What a sender could have known, from segments alone: what is in flight and the peer's window with each segment, and the round trip from each segment that
    /// was sent once to the first that acknowledges it (Karn's rule: none of what was sent twice).
    /// </summary>
    /// <param name="own">Whether the sender is this end; else it is the other.</param>
    public IReadOnlyList<FlowSample> SamplesOf(bool own)
    {
        (IReadOnlyList<SegmentRecord> there, IReadOnlyList<SegmentRecord> back) = own ? (Sent, Received) : (Received, Sent);
        var samples = new List<FlowSample>();
        var pending = new Queue<(long End, Instant At)>();
        long highest = 0;
        long acknowledged = 0;
        long window = 0;
        int largest = 1;
        TimeSpan? latest = null;
        TimeSpan? smoothed = null;
        foreach ((SegmentRecord record, bool sent) in there.Select(r => (r, true)).Concat(back.Select(r => (r, false))).OrderBy(r => r.r.At.Ticks))
        {
            if (sent)
            {
                if (record.IsRetransmission)
                {
                    pending.Clear();
                }
                else if (record.End > record.Start)
                {
                    pending.Enqueue((record.End, record.At));
                }

                highest = Math.Max(highest, record.End);
                largest = Math.Max(largest, record.PayloadLength);
            }
            else if (record.Header.Has(SegmentFlags.Ack))
            {
                acknowledged = Math.Max(acknowledged, record.Acknowledged);
                window = record.Window;
                while (pending.TryPeek(out (long End, Instant At) first) && first.End <= acknowledged)
                {
                    pending.Dequeue();
                    latest = record.At - first.At;
                }

                // RFC 6298, 2.3: an eighth of each new measurement.
                smoothed = latest is null ? null : smoothed is null ? latest : smoothed + ((latest - smoothed) / 8);
            }

            samples.Add(new FlowSample(record.At, new ConnectionMetrics
            {
                InFlight = Math.Max(0, highest - acknowledged),
                SendWindow = window,
                SegmentSize = largest,
                LatestRoundTrip = latest,
                SmoothedRoundTrip = smoothed,
            }));
        }

        return samples;
    }

    private sealed class Direction
    {
        private readonly List<SegmentRecord> _records = [];
        private uint? _initial;
        private int _scale;
        private long _highest;

        public IReadOnlyList<SegmentRecord> Records => _records;

        public SegmentRecord Add(Instant at, in SegmentHeader header, int payloadLength, SegmentPurpose purpose, Direction other)
        {
            bool syn = header.Has(SegmentFlags.Syn);
            if (syn)
            {
                _initial = header.Sequence.Value;
                _scale = header.Options.WindowScale ?? 0;
            }

            // A connection whose beginning was not seen is counted from the first that was.
            _initial ??= unchecked(header.Sequence.Value - 1);
            if (header.Has(SegmentFlags.Ack))
            {
                other._initial ??= unchecked(header.Acknowledgment.Value - 1);
            }

            long start = Offset(header.Sequence.Value);
            long end = start + payloadLength + (syn ? 1 : 0) + (header.Has(SegmentFlags.Fin) ? 1 : 0);
            var record = new SegmentRecord
            {
                At = at,
                Header = header,
                Kind = SegmentKind.NameOf(header.Flags, payloadLength),
                PayloadLength = payloadLength,
                Start = start,
                End = end,
                Acknowledged = header.Has(SegmentFlags.Ack) ? other.Offset(header.Acknowledgment.Value) : 0,
                Window = syn ? header.Window : (long)header.Window << _scale,
                Sack = Blocks(header.Options.Sack, other),
                Purpose = purpose,
                IsRetransmission = end > start && start < _highest,
            };
            _highest = Math.Max(_highest, end);
            _records.Add(record);
            return record;
        }

        private static List<(long, long)> Blocks(in SackBlocks blocks, Direction other)
        {
            var found = new List<(long, long)>();
            for (int i = 0; i < blocks.Count; i++)
            {
                found.Add((other.Offset(blocks[i].Start.Value), other.Offset(blocks[i].End.Value)));
            }

            return found;
        }

        // 32 bits become 64 by what is nearest to the highest seen so far.
        private long Offset(uint number) => _initial is { } first ? _highest + unchecked((int)(number - (uint)(first + _highest))) : 0;
    }
}
