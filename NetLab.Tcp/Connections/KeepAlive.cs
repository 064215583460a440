using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// Asks an idle peer for a sign of life (RFC 9293, 3.8.4) and gives it up when none comes: after some probes, or, where there is a user
/// timeout, after that (RFC 5482, 4.2).
/// </summary>
/// <param name="options">How long to wait for what.</param>
/// <param name="timers">The connection's timers.</param>
internal sealed class KeepAlive(ConnectionOptions options, TimerTable timers)
{
    private int _unanswered;
    private Instant _heardAt;

    /// <summary>What the timer brings about.</summary>
    public enum Outcome
    {
        /// <summary>Nothing: other timers watch over the connection.</summary>
        None,

        /// <summary>A probe is due.</summary>
        Probe,

        /// <summary>The peer is taken to be gone.</summary>
        GiveUp,
    }

    /// <summary>Whether a probe is to be sent.</summary>
    public bool IsProbeDue { get; private set; }

    /// <summary>Something was heard of the peer.</summary>
    public void OnHeard(Instant now, ConnectionState state)
    {
        (_unanswered, IsProbeDue, _heardAt) = (0, false, now);
        if (options.KeepAlive is { } idle && state is ConnectionState.Established or ConnectionState.CloseWait or ConnectionState.FinWait2)
        {
            timers.Set(ConnectionTimer.KeepAlive, now + idle);
        }
    }

    /// <summary>The timer expired.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="hasUnacknowledged">Whether data is on its way, which is probe enough.</param>
    /// <param name="timeout">RTO: a peer that is there needs that long to answer, so no probe follows another sooner.</param>
    public Outcome OnTimer(Instant now, bool hasUnacknowledged, TimeSpan timeout)
    {
        if (hasUnacknowledged)
        {
            timers.Set(ConnectionTimer.KeepAlive, now + options.KeepAlive!.Value);
            return Outcome.None;
        }

        Instant? giveUpAt = _heardAt + options.UserTimeout;
        if (giveUpAt is { } limit ? now >= limit : _unanswered >= options.KeepAliveProbes)
        {
            return Outcome.GiveUp;
        }

        _unanswered++;
        IsProbeDue = true;
        TimeSpan interval = TimeSpan.FromTicks(Math.Max(options.KeepAliveInterval.Ticks, timeout.Ticks));
        timers.Set(ConnectionTimer.KeepAlive, Instant.Min(now + interval, giveUpAt ?? Instant.Never));
        return Outcome.Probe;
    }

    /// <summary>The probe left, or is not wanted any more.</summary>
    public void ClearProbe() => IsProbeDue = false;
}
