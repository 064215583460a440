using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// How long what was sent may stay unacknowledged before the connection is given up (RFC 5482), if there is a limit: from the first byte that
/// waits, anew with each acknowledgment of something.
/// </summary>
/// <param name="options">The limit.</param>
/// <param name="timers">The connection's timers.</param>
internal readonly struct UserTimeout(ConnectionOptions options, TimerTable timers)
{
    /// <summary>Something waits for an acknowledgment from now on, if nothing did.</summary>
    public void Start(Instant now)
    {
        if (options.UserTimeout is { } limit && !timers.IsSet(ConnectionTimer.UserTimeout))
        {
            timers.Set(ConnectionTimer.UserTimeout, now + limit);
        }
    }

    /// <summary>The peer has shown that it is there.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isAwaited">Whether anything still waits for an acknowledgment.</param>
    public void Restart(Instant now, bool isAwaited)
    {
        timers.Stop(ConnectionTimer.UserTimeout);
        if (isAwaited)
        {
            Start(now);
        }
    }
}
