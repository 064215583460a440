using NetLab.Udp.Time;

namespace NetLab.Tcp.Counters;

/// <summary>Adds up for how long what kept a sender from sending more. One thread writes; others may read meanwhile.</summary>
internal sealed class SendLimitClock
{
    private readonly long[] _ticks = new long[(int)SendLimit.Pacing + 1];
    private SendLimit _limit;
    private Instant _since;

    /// <summary>The sums up to the last change.</summary>
    public SendLimitTimes Times => Of(_ticks);

    /// <summary>From now on it is something else, or still the same: what has passed counts for what it was.</summary>
    public void Set(Instant now, SendLimit limit)
    {
        if (_limit != SendLimit.None)
        {
            _ticks[(int)_limit] += (now - _since).Ticks;
        }

        (_limit, _since) = (limit, now);
    }

    /// <summary>The sums up to a moment.</summary>
    public SendLimitTimes At(Instant now)
    {
        long[] ticks = [.. _ticks];
        if (_limit != SendLimit.None)
        {
            ticks[(int)_limit] += Math.Max(0, (now - _since).Ticks);
        }

        return Of(ticks);
    }

    private static SendLimitTimes Of(long[] ticks) => new(
        new TimeSpan(ticks[(int)SendLimit.CongestionWindow]),
        new TimeSpan(ticks[(int)SendLimit.ReceiveWindow]),
        new TimeSpan(ticks[(int)SendLimit.SendBuffer]),
        new TimeSpan(ticks[(int)SendLimit.Application]),
        new TimeSpan(ticks[(int)SendLimit.Pacing]));
}
