using NetLab.Tcp.Options;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>Smoothed round-trip time and retransmission timeout (RFC 6298).</summary>
internal sealed class RoundTripEstimator
{
    // More doublings than any timeout has room for.
    private const int MaxBackoff = 40;

    // RFC 6298, 2: G, the clock's granularity. What is measured is no finer than the peer's acknowledgments, which it may
    // delay as we do, and the timers that fire are good to about a millisecond: a path whose round trip never varies must
    // not time out when one of them is delayed.
    private readonly TimeSpan _granularity;
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private int _backoff;

    public RoundTripEstimator(ConnectionOptions options)
    {
        _min = options.MinRetransmissionTimeout;
        _max = options.MaxRetransmissionTimeout;
        _granularity = options.DelayedAcknowledgment + TimeSpan.FromMilliseconds(1);

        // RFC 6298, 2.1 starts at 1 s and clamps only what it computes; an initial value is taken as it is given.
        BaseTimeout = options.InitialRetransmissionTimeout;
    }

    /// <summary>SRTT, or null before the first sample.</summary>
    public TimeSpan? Smoothed { get; private set; }

    /// <summary>RTTVAR.</summary>
    public TimeSpan Variation { get; private set; }

    /// <summary>The least sample so far.</summary>
    public TimeSpan? Minimum { get; private set; }

    /// <summary>The newest sample.</summary>
    public TimeSpan? Latest { get; private set; }

    /// <summary>RTO without back-off.</summary>
    public TimeSpan BaseTimeout { get; private set; }

    /// <summary>RTO with the back-off of repeated expiries (RFC 6298, 5.5), at most the maximum.</summary>
    public TimeSpan Timeout => BackedOff(BaseTimeout, _backoff, _max);

    /// <summary>How often the timeout has been doubled since the path was last measured.</summary>
    public int Backoff => _backoff;

    /// <summary>A duration doubled a number of times, at most <paramref name="max"/>.</summary>
    public static TimeSpan BackedOff(TimeSpan duration, int doublings, TimeSpan max) =>
        TimeSpan.FromTicks((long)Math.Min(max.Ticks, Math.ScaleB(duration.Ticks, doublings)));

    /// <summary>Takes a measurement (RFC 6298, 2.2 and 2.3).</summary>
    public void Sample(TimeSpan roundTrip)
    {
        if (roundTrip < TimeSpan.Zero)
        {
            return;
        }

        // RFC 6298, 5 (Karn): a measurement, and nothing else, says that the back-off is no longer needed.
        _backoff = 0;
        Latest = roundTrip;
        Minimum = Minimum is { } least && least < roundTrip ? least : roundTrip;
        if (Smoothed is not { } smoothed)
        {
            Smoothed = roundTrip;
            Variation = roundTrip / 2;
        }
        else
        {
            // RTTVAR first, as it uses SRTT before the update; alpha 1/8, beta 1/4.
            Variation = TimeSpan.FromTicks(((3 * Variation.Ticks) + Math.Abs(smoothed.Ticks - roundTrip.Ticks)) / 4);
            Smoothed = TimeSpan.FromTicks(((7 * smoothed.Ticks) + roundTrip.Ticks) / 8);
        }

        TimeSpan variance = TimeSpan.FromTicks(Math.Max(_granularity.Ticks, 4 * Variation.Ticks));
        TimeSpan timeout = Smoothed.Value + variance;
        BaseTimeout = timeout < _min ? _min : timeout > _max ? _max : timeout;
    }

    /// <summary>The timer expired: the next wait is twice as long.</summary>
    public void BackOff() => _backoff = Math.Min(_backoff + 1, MaxBackoff);

    /// <summary>The timer expired, and what was sent upon it did not leave: the next wait is as long as the last.</summary>
    public void UndoBackOff() => _backoff = Math.Max(0, _backoff - 1);

    /// <summary>RFC 6298, 5.7: a retransmitted SYN and no sample mean that data begins with 3 s, whatever the SYN had come to.</summary>
    public void RaiseAfterLostSyn()
    {
        if (Smoothed is null)
        {
            BaseTimeout = TimeSpan.FromTicks(Math.Max(BaseTimeout.Ticks, TimeSpan.FromSeconds(3).Ticks));
            _backoff = 0;
        }
    }
}
