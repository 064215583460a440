using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// What an acknowledgment says has reached the peer: the segments below its number and within its SACK blocks, taken off the scoreboard or
/// marked on it, and the round trip that they measure.
/// </summary>
/// <param name="sent">The scoreboard.</param>
/// <param name="rack">Told of each segment that arrived.</param>
/// <param name="rate">Told of each segment that arrived.</param>
/// <param name="roundTrip">Measurements of the path.</param>
/// <param name="initial">ISS.</param>
internal sealed class AcknowledgedSegments(
    SentSegments sent, RackDetector rack, DeliveryRate rate, RoundTripEstimator roundTrip, SequenceNumber initial)
{
    // The timestamp clock's resolution: ages differ by less than one tick of it through rounding alone.
    private static readonly TimeSpan TimestampTick = TimeSpan.FromMilliseconds(1);

    private TimeSpan? _echoAge;
    private TimeSpan? _sample;
    private Instant _sampleSentAt;

    /// <summary>Begins with an acknowledgment.</summary>
    /// <param name="echoAge">Time since the timestamp that it echoes was sent, or null.</param>
    public void Begin(TimeSpan? echoAge)
    {
        (_echoAge, _sample, _sampleSentAt) = (echoAge, null, default);
        rate.Begin();
    }

    /// <summary>Takes the segments off the scoreboard that end at or below a number.</summary>
    /// <param name="now">When the acknowledgment arrived.</param>
    /// <param name="acknowledged">Its number as a stream offset, beyond SND.UNA.</param>
    public void ProcessCumulative(Instant now, long acknowledged)
    {
        ProcessBulk(now, acknowledged);
        bool anyTwice = false;
        while (sent.Count > 0 && sent[0].End <= acknowledged)
        {
            anyTwice |= sent[0].Transmissions > 1 && !sent[0].IsSacked;
            Deliver(now, sent[0]);
            sent.RemoveFirst();
        }

        if (anyTwice)
        {
            // What follows a repaired hole arrived long before this acknowledgment could be sent: it measures the repair.
            _sample = null;
        }

        if (sent.Count > 0 && sent[0].Start < acknowledged)
        {
            sent.TrimFirst(acknowledged);
        }
    }

    /// <summary>Marks the segments on the scoreboard that lie within SACK blocks.</summary>
    /// <param name="now">When they arrived.</param>
    /// <param name="acknowledged">The number that came with them, as a stream offset.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="unacknowledged">SND.UNA.</param>
    /// <param name="next">SND.NXT.</param>
    /// <returns>What is reported as a duplicate, if anything (RFC 2883, 4).</returns>
    public (long Start, long End)? ProcessSack(Instant now, long acknowledged, SackBlocks blocks, long unacknowledged, long next)
    {
        // In the order of the stream and not of the report: RACK would take the newest block first for reordering.
        Span<(long Start, long End)> ranges = stackalloc (long, long)[SackBlocks.Capacity];
        int count = 0;
        (long Start, long End)? duplicate = null;
        for (int i = 0; i < blocks.Count; i++)
        {
            long start = blocks[i].Start.Unwrap(initial, unacknowledged);
            long end = blocks[i].End.Unwrap(initial, unacknowledged);
            if (i == 0 && start < end && (end <= acknowledged || (blocks.Count > 1 && IsInside(start, end, blocks[1], unacknowledged))))
            {
                // RFC 2883, 4: the first block repeats what this very segment acknowledges, by number or by the second block.
                duplicate = start >= 0 ? (start, end) : null;
            }
            else if (start < end && start >= unacknowledged && end <= next)
            {
                // Others are reversed or outside what is outstanding: a lie or long out of date.
                ranges[count++] = (start, end);
            }
        }

        ranges = ranges[..count];
        ranges.Sort();
        foreach ((long start, long end) in ranges)
        {
            for (int index = sent.IndexOf(start); index < sent.Count && sent[index].End <= end; index++)
            {
                if (!sent[index].IsSacked)
                {
                    Deliver(now, sent[index]);
                    sent.MarkSacked(index);
                }
            }
        }

        return duplicate;
    }

    /// <summary>The round trip that the acknowledgment measures, if any.</summary>
    /// <param name="advances">Whether it acknowledges something new.</param>
    public TimeSpan? Measure(bool advances)
    {
        if (advances && _sample is null)
        {
            // Karn: what was sent twice says nothing, unless a timestamp tells which of the two was meant.
            return _echoAge;
        }

        // The segment that caused this acknowledgment left no longer ago than the timestamp it echoes. What is reported
        // later than that arrived earlier, and its acknowledgments were lost: it measures their loss, not the path.
        return _sample > _echoAge + TimestampTick ? _echoAge : _sample;
    }

    private bool IsInside(long start, long end, SackBlock block, long unacknowledged) =>
        start >= block.Start.Unwrap(initial, unacknowledged) && end <= block.End.Unwrap(initial, unacknowledged);

    // Of segments that were all sent once, and of which nothing else is known, only the newest says anything: of the round trip, of
    // the rate, and to RACK.
    private void ProcessBulk(Instant now, long acknowledged)
    {
        int count = sent.IsOrdinary ? sent.CountUpTo(acknowledged) : 0;
        if (count < 2)
        {
            return;
        }

        ref readonly SentSegment last = ref sent[count - 1];
        long length = last.End - sent[0].Start;
        (_sample, _sampleSentAt) = (now - last.SentAt, last.SentAt);
        rate.OnDelivered(last, length, now);
        rack.OnDelivered(last, now, roundTrip.Minimum);
        sent.RemoveFirst(count, length);
    }

    // A segment has reached the peer: RTT from the newest that was sent once (RFC 6298, 3), RACK from all.
    private void Deliver(Instant now, in SentSegment segment)
    {
        if (segment.IsSacked)
        {
            return;
        }

        if (segment.Transmissions == 1 && (_sample is null || segment.SentAt >= _sampleSentAt))
        {
            (_sample, _sampleSentAt) = (now - segment.SentAt, segment.SentAt);
        }

        rate.OnDelivered(segment, now);
        sent.Observation?.OnAcknowledged(segment.AsTransmission());

        // RFC 8985, 6.2, step 2: what echoes a timestamp from before the retransmission acknowledges the original, and says
        // nothing of what was sent between the two.
        bool isOriginal = segment.Transmissions > 1 && _echoAge > now - segment.SentAt + TimestampTick;
        if (!isOriginal)
        {
            rack.OnDelivered(segment, now, roundTrip.Minimum);
        }
    }
}
