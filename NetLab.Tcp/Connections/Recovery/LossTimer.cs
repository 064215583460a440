using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// The timer that runs while an acknowledgment is awaited, for one purpose at a time: the retransmission (RFC 6298), the tail loss probe
/// that goes before it (RFC 8985, 7.2), or the probe of a closed window (RFC 9293, 3.8.6.1).
/// </summary>
/// <param name="timers">The connection's timers, in which it holds one of three places.</param>
internal sealed class LossTimer(TimerTable timers)
{
    // When the retransmission follows where a tail loss probe goes before it.
    private Instant _retransmissionAt;

    /// <summary>When the retransmission is due, be it behind a tail loss probe; never if it is not awaited.</summary>
    public Instant RetransmissionAt => timers.IsSet(ConnectionTimer.TailLossProbe) ? _retransmissionAt : timers[ConnectionTimer.Retransmission];

    /// <summary>Whether it runs for the probe of a closed window.</summary>
    public bool AwaitsWindow => timers.IsSet(ConnectionTimer.WindowProbe);

    /// <summary>Runs for the retransmission from now on, whatever it ran for.</summary>
    public void StartRetransmission(Instant at)
    {
        Stop();
        timers.Set(ConnectionTimer.Retransmission, at);
    }

    /// <summary>Runs for the retransmission unless it does so already (RFC 6298, 5.1).</summary>
    public void EnsureRetransmission(Instant at)
    {
        if (RetransmissionAt == Instant.Never)
        {
            StartRetransmission(at);
        }
    }

    /// <summary>Runs for the tail loss probe first, no later than for the retransmission, which has to be awaited.</summary>
    public void StartTailProbe(Instant at)
    {
        _retransmissionAt = RetransmissionAt;
        timers.Stop(ConnectionTimer.Retransmission);
        timers.Set(ConnectionTimer.TailLossProbe, Instant.Min(at, _retransmissionAt));
    }

    /// <summary>No tail loss probe goes before the retransmission any more.</summary>
    public void CancelTailProbe()
    {
        if (timers.IsSet(ConnectionTimer.TailLossProbe))
        {
            timers.Stop(ConnectionTimer.TailLossProbe);
            timers.Set(ConnectionTimer.Retransmission, _retransmissionAt);
        }
    }

    /// <summary>Runs for the probe of a closed window from now on: what was sent is not lost but refused.</summary>
    public void StartWindowProbe(Instant at)
    {
        Stop();
        timers.Set(ConnectionTimer.WindowProbe, at);
    }

    /// <summary>The window is open, or is used as it is.</summary>
    public void CancelWindowProbe() => timers.Stop(ConnectionTimer.WindowProbe);

    /// <summary>Nothing is awaited.</summary>
    public void Stop()
    {
        timers.Stop(ConnectionTimer.Retransmission);
        timers.Stop(ConnectionTimer.TailLossProbe);
        timers.Stop(ConnectionTimer.WindowProbe);
    }
}
