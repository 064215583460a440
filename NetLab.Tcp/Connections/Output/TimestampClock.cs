using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Output;

/// <summary>The clock of our timestamps: of 1 ms, starting where nobody can guess (RFC 7323, 5.4).</summary>
/// <param name="offset">Where it stands at the origin of time.</param>
internal readonly struct TimestampClock(uint offset)
{
    // What is older is no echo of ours, or of no use.
    private const int MaxAge = 600_000;

    /// <summary>TSval at a moment.</summary>
    public uint At(Instant now) => unchecked(offset + (uint)(now.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>How long ago a timestamp of ours was sent; null for one that cannot be.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="echo">TSecr.</param>
    public TimeSpan? AgeOf(Instant now, uint echo)
    {
        int age = unchecked((int)(At(now) - echo));

        // Less than a tick is taken as one.
        return age is >= 0 and < MaxAge ? TimeSpan.FromMilliseconds(Math.Max(1, age)) : null;
    }
}
