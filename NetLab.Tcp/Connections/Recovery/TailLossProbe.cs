namespace NetLab.Tcp.Connections.Recovery;

/// <summary>The tail loss probe's memory: whether one is out, and what its answer means (RFC 8985, 7).</summary>
internal sealed class TailLossProbe
{
    // What was sent again as the probe; empty for new data.
    private (long Start, long End) _resent;
    private long? _end;

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
    /// <param name="next">TLP.end_seq: SND.NXT behind it, as a stream offset.</param>
    /// <param name="resent">What it sent again; empty where it was new data.</param>
    public void OnSent(long next, (long Start, long End) resent)
    {
        IsDue = false;
        (_end, _resent) = (next, resent);
    }

    /// <summary>An acknowledgment came (RFC 8985, 7.4.2).</summary>
    /// <param name="acknowledged">Its number as a stream offset.</param>
    /// <param name="duplicate">What it reports as a duplicate (D-SACK), if anything: the probe itself says that it was not needed.</param>
    /// <param name="isPlainDuplicate">Whether it is a duplicate ACK without SACK.</param>
    /// <returns>Whether the probe repaired a loss, which congestion control has to answer.</returns>
    public bool OnAcknowledged(long acknowledged, (long Start, long End)? duplicate, bool isPlainDuplicate)
    {
        if (_end is not { } end || acknowledged < end)
        {
            return false;
        }

        bool isNew = _resent.Start >= _resent.End;
        bool isReported = duplicate is { } d && d.Start <= _resent.Start && d.End >= _resent.End;
        if (isNew || isReported || (acknowledged == end && isPlainDuplicate))
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
