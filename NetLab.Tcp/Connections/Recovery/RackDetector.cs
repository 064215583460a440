using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// RACK (RFC 8985, 6): a segment is lost when one sent sufficiently later has been delivered. Time decides, not the
/// count of duplicate ACKs, so lost retransmissions are found and mild reordering is borne.
/// </summary>
internal sealed class RackDetector
{
    // RFC 8985, 6.2: before any reordering was seen, three segments beyond a hole are enough, as in RFC 5681.
    private const int DuplicateThreshold = 3;

    private long _newestOrder;
    private TimeSpan _newestRoundTrip;
    private long _forwardAck;
    private bool _reorderingSeen;
    private int _windowFactor = 1;
    private int _recoveriesLeft;
    private long _widenedUpTo;

    /// <summary>RACK.rtt: the round trip of the segment delivered most recently sent.</summary>
    public TimeSpan RoundTrip => _newestRoundTrip;

    /// <summary>Takes note of a segment that the peer just acknowledged or sacked (RFC 8985, 6.2, steps 1 to 3).</summary>
    public void OnDelivered(in SentSegment segment, Instant now, TimeSpan? minimumRoundTrip)
    {
        TimeSpan roundTrip = now - segment.SentAt;

        // Step 2: an ACK faster than any round trip is for the original, not for the retransmission.
        if (segment.Transmissions > 1 && minimumRoundTrip is { } least && roundTrip < least)
        {
            return;
        }

        if (segment.Order > _newestOrder)
        {
            (_newestOrder, _newestRoundTrip) = (segment.Order, roundTrip);
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

    /// <summary>
    /// A retransmission was for nothing: segments are reordered by more than was thought, and a round trip gets a wider window,
    /// for sixteen recoveries (RFC 8985, 6.2, step 4).
    /// </summary>
    /// <param name="acknowledged">SND.UNA.</param>
    /// <param name="next">SND.NXT: until it is acknowledged, further reports are of the same round trip.</param>
    public void OnDuplicateReport(long acknowledged, long next)
    {
        if (acknowledged >= _widenedUpTo)
        {
            (_widenedUpTo, _recoveriesLeft) = (next, 16);
            _windowFactor = Math.Min(_windowFactor + 1, 1 << 10);
            _reorderingSeen = true;
        }
    }

    /// <summary>A recovery has ended.</summary>
    public void OnRecovered()
    {
        if (_recoveriesLeft > 0 && --_recoveriesLeft == 0)
        {
            _windowFactor = 1;
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

            if (segment.Order >= _newestOrder)
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
                segments.MarkLost(i, LossCause.Time);
            }
            else
            {
                // The earliest suspect: the timer is set again for the next one when it comes.
                recheckAt = Instant.Min(recheckAt, lostAt);
            }
        }

        return lost;
    }

    /// <summary>RACK.reo_wnd: by how much a segment may be late.</summary>
    public TimeSpan ReorderingWindow(SentSegments segments, RoundTripEstimator roundTrip, bool inRecovery)
    {
        if (!_reorderingSeen && (inRecovery || segments.SackedCount >= DuplicateThreshold))
        {
            return TimeSpan.Zero;
        }

        TimeSpan quarter = _windowFactor * (roundTrip.Minimum ?? TimeSpan.Zero) / 4;
        TimeSpan smoothed = roundTrip.Smoothed ?? quarter;
        return quarter < smoothed ? quarter : smoothed;
    }
}
