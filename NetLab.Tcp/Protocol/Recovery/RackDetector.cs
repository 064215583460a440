using NetLab.Udp.Time;

namespace NetLab.Tcp.Protocol.Recovery;

/// <summary>
/// RACK (RFC 8985, 6): a segment is lost when one sent sufficiently later has been delivered. Time decides, not the
/// count of duplicate ACKs, so lost retransmissions are found and mild reordering is borne.
/// </summary>
internal sealed class RackDetector
{
    // RFC 8985, 6.2: before any reordering was seen, three segments beyond a hole are enough, as in RFC 5681.
    private const int DuplicateThreshold = 3;

    private Instant _newestSentAt;
    private long _newestEnd;
    private TimeSpan _newestRoundTrip;
    private long _forwardAck;
    private bool _reorderingSeen;

    /// <summary>Takes note of a segment that the peer just acknowledged or sacked (RFC 8985, 6.2, steps 1 to 3).</summary>
    public void OnDelivered(in SentSegment segment, Instant now, TimeSpan? minimumRoundTrip)
    {
        TimeSpan roundTrip = now - segment.SentAt;

        // Step 2: an ACK faster than any round trip is for the original, not for the retransmission.
        if (segment.Transmissions > 1 && minimumRoundTrip is { } least && roundTrip < least)
        {
            return;
        }

        if (segment.WasSentAfter(_newestSentAt, _newestEnd))
        {
            (_newestSentAt, _newestEnd, _newestRoundTrip) = (segment.SentAt, segment.End, roundTrip);
        }

        if (segment.End > _forwardAck)
        {
            _forwardAck = segment.End;
        }
        else if (segment.End < _forwardAck && segment.Transmissions == 1)
        {
            // Step 3: something sent once arrived after something sent later.
            _reorderingSeen = true;
        }
    }

    /// <summary>Marks what must be lost by now (RFC 8985, 6.2, steps 4 and 5).</summary>
    /// <param name="segments">The scoreboard.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="roundTrip">Measurements of the path.</param>
    /// <param name="inRecovery">Whether loss recovery is under way.</param>
    /// <param name="recheckAt">When a segment that is only suspected will be lost; never if none is.</param>
    /// <returns>Sequence numbers newly taken for lost.</returns>
    public long DetectLosses(SentSegments segments, Instant now, RoundTripEstimator roundTrip, bool inRecovery, out Instant recheckAt)
    {
        recheckAt = Instant.Never;
        long lost = 0;
        TimeSpan window = ReorderingWindow(segments, roundTrip, inRecovery);
        for (int i = 0; i < segments.Count; i++)
        {
            ref readonly SentSegment segment = ref segments[i];
            if (segment.IsSacked || segment.IsLost)
            {
                continue;
            }

            if (segment.WasSentAfter(_newestSentAt, _newestEnd) || (segment.SentAt == _newestSentAt && segment.End == _newestEnd))
            {
                if (segments.RetransmittedCount == 0)
                {
                    // Sent in order and never again: everything behind this one is younger still.
                    break;
                }

                continue;
            }

            Instant lostAt = segment.SentAt + _newestRoundTrip + window;
            if (lostAt <= now)
            {
                lost += segment.Length;
                segments.MarkLost(i);
            }
            else
            {
                // The earliest suspect: the timer is set again for the next one when it comes.
                recheckAt = Instant.Min(recheckAt, lostAt);
            }
        }

        return lost;
    }

    private TimeSpan ReorderingWindow(SentSegments segments, RoundTripEstimator roundTrip, bool inRecovery)
    {
        if (!_reorderingSeen && (inRecovery || segments.SackedCount >= DuplicateThreshold))
        {
            return TimeSpan.Zero;
        }

        TimeSpan quarter = (roundTrip.Minimum ?? TimeSpan.Zero) / 4;
        TimeSpan smoothed = roundTrip.Smoothed ?? quarter;
        return quarter < smoothed ? quarter : smoothed;
    }
}
