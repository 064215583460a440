namespace NetLab.Tcp.Connections.Recovery;

/// <summary>The tail loss probe's memory: whether one is out, and what its answer means (RFC 8985, 7).</summary>
internal sealed class TailLossProbe
{
    private long? _end;
    private bool _wasRetransmission;

    /// <summary>Whether the probe's time has come and it has not been sent.</summary>
    public bool IsDue { get; set; }

    /// <summary>Whether a probe was sent and not yet answered.</summary>
    public bool IsOutstanding => _end is not null;

    /// <summary>PTO (RFC 8985, 7.2).</summary>
    /// <param name="roundTrip">The path.</param>
    /// <param name="oneSegment">Whether only one segment is out, whose acknowledgment the peer may delay.</param>
    /// <param name="delayedAcknowledgment">How long it may.</param>
    public static TimeSpan TimeoutFor(RoundTripEstimator roundTrip, bool oneSegment, TimeSpan delayedAcknowledgment)
    {
        if (roundTrip.Smoothed is not { } smoothed)
        {
            return TimeSpan.FromSeconds(1);
        }

        // The timers of real hosts are good to a few milliseconds; two round trips of a loopback are not worth a probe.
        TimeSpan timeout = (2 * smoothed) + TimeSpan.FromMilliseconds(2);
        return oneSegment ? timeout + delayedAcknowledgment : timeout;
    }

    /// <summary>The probe left.</summary>
    public void OnSent(long next, bool wasRetransmission)
    {
        IsDue = false;
        (_end, _wasRetransmission) = (next, wasRetransmission);
    }

    /// <summary>An acknowledgment came (RFC 8985, 7.4.2).</summary>
    /// <param name="acknowledged">Its number as a stream offset.</param>
    /// <param name="isDuplicateReport">Whether it reports a duplicate (DSACK): the probe was not needed.</param>
    /// <param name="isPlainDuplicate">Whether it is a duplicate ACK without SACK.</param>
    /// <returns>Whether the probe repaired a loss, which congestion control has to hear of.</returns>
    public bool OnAcknowledged(long acknowledged, bool isDuplicateReport, bool isPlainDuplicate)
    {
        if (_end is not { } end || acknowledged < end)
        {
            return false;
        }

        if (!_wasRetransmission || isDuplicateReport || (acknowledged == end && isPlainDuplicate))
        {
            _end = null;
            return false;
        }

        if (acknowledged > end)
        {
            _end = null;
            return true;
        }

        return false;
    }

    /// <summary>Recovery by other means has begun.</summary>
    public void Cancel() => (_end, IsDue) = (null, false);
}
