using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// How fast the network delivers: between the sending of a segment and its acknowledgment, so much was delivered in so
/// much time (draft-ietf-ccwg-bbr, 4.1). Also tells round trips apart, by data and not by time.
/// </summary>
internal sealed class DeliveryRate
{
    private long _limitedUntil;
    private long _roundEnd;
    private Instant _firstSentAt;
    private Instant _deliveredAt;
    private long? _priorDelivered;
    private long _lost;
    private long _priorLost;
    private TimeSpan _sendElapsed;
    private TimeSpan _acknowledgedElapsed;

    /// <summary>Bytes delivered over the connection's life: acknowledged cumulatively or by SACK.</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes found lost since the newest sample's data was sent.</summary>
    public long LostSinceSent => _lost - _priorLost;

    /// <summary>Whether the newest sample's data was sent while the application gave too little.</summary>
    public bool IsApplicationLimited { get; private set; }

    /// <summary>Bytes in the network when the newest sample's data was sent.</summary>
    public long InFlightAtSend { get; private set; }

    /// <summary>Notes on a segment, as it is sent, what had been delivered by then.</summary>
    public void Stamp(ref SentSegment segment, Instant now, long inFlightBefore)
    {
        if (inFlightBefore == 0)
        {
            (_firstSentAt, _deliveredAt) = (now, now);
        }

        segment.DeliveredBefore = Delivered;
        segment.LostBefore = _lost;
        segment.DeliveredAt = _deliveredAt;
        segment.FirstSentAt = _firstSentAt;
        segment.InFlightAtSend = inFlightBefore + segment.Length;
        segment.IsApplicationLimited = _limitedUntil > 0;
    }

    /// <summary>The application has nothing to send, and the window would allow more.</summary>
    public void OnApplicationLimited(long inFlight) => _limitedUntil = Math.Max(1, Delivered + inFlight);

    /// <summary>An acknowledgment is about to be taken.</summary>
    public void Begin() => _priorDelivered = null;

    /// <summary>A segment has been delivered.</summary>
    public void OnDelivered(in SentSegment segment, Instant now)
    {
        Delivered += segment.Length - (segment.IsSyn ? 1 : 0);
        _deliveredAt = now;

        // Of all that one acknowledgment reports, the newest makes the sample.
        if (_priorDelivered is null || segment.DeliveredBefore >= _priorDelivered)
        {
            _priorDelivered = segment.DeliveredBefore;
            IsApplicationLimited = segment.IsApplicationLimited;
            InFlightAtSend = segment.InFlightAtSend;
            _priorLost = segment.LostBefore;
            _sendElapsed = segment.SentAt - segment.FirstSentAt;
            _acknowledgedElapsed = now - segment.DeliveredAt;
            _firstSentAt = segment.SentAt;
        }
    }

    /// <summary>Segments sent once have been delivered, one behind the other, none of them a SYN.</summary>
    /// <param name="newest">The last of them, which makes the sample.</param>
    /// <param name="length">Sequence numbers of all of them.</param>
    /// <param name="now">The present moment.</param>
    public void OnDelivered(in SentSegment newest, long length, Instant now)
    {
        Delivered += length - newest.Length;
        OnDelivered(newest, now);
    }

    /// <summary>Bytes have been found lost.</summary>
    public void OnLost(long bytes) => _lost += bytes;

    /// <summary>The acknowledgment has been taken.</summary>
    /// <param name="minimumRoundTrip">The least round trip; a sample of less says nothing.</param>
    /// <param name="isRoundStart">Whether a new round trip begins.</param>
    /// <returns>Bytes a second, or 0 if it cannot be told.</returns>
    public double End(TimeSpan? minimumRoundTrip, out bool isRoundStart)
    {
        isRoundStart = false;
        if (_priorDelivered is not { } prior)
        {
            return 0;
        }

        if (_limitedUntil > 0 && Delivered > _limitedUntil)
        {
            _limitedUntil = 0;
        }

        if (prior >= _roundEnd)
        {
            _roundEnd = Delivered;
            isRoundStart = true;
        }

        // The slower of the two: acknowledgments that were bunched on their way must not look like speed.
        TimeSpan interval = _sendElapsed > _acknowledgedElapsed ? _sendElapsed : _acknowledgedElapsed;
        return interval <= TimeSpan.Zero || interval < minimumRoundTrip ? 0 : (Delivered - prior) / interval.TotalSeconds;
    }
}
