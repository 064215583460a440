using NetLab.Tcp.Options;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>What the loss timer is set to: the RTO (RFC 6298, 5), the probe before it (RFC 8985, 7.2), or less where the peer has thrown away what it had.</summary>
/// <param name="options">How long the peer may delay an acknowledgment, and what is left out on purpose.</param>
/// <param name="timer">The timer.</param>
/// <param name="sent">What is outstanding.</param>
/// <param name="roundTrip">Measurements of the path.</param>
internal sealed class LossTimeouts(ConnectionOptions options, LossTimer timer, SentSegments sent, RoundTripEstimator roundTrip)
{
    private static readonly TimeSpan MinRenegingWait = TimeSpan.FromMilliseconds(10);

    /// <summary>The RTO begins anew.</summary>
    public void Restart(Instant now) => timer.StartRetransmission(now + roundTrip.Timeout);

    /// <summary>Something was sent into the window: its acknowledgment is awaited.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isHeadInRecovery">Whether it was the oldest segment, sent again by a recovery.</param>
    public void Await(Instant now, bool isHeadInRecovery)
    {
        // RFC 6298, 5.1: sending starts the timer only if it is not running; but a recovery that goes on for longer than the RTO must
        // not be cut by it (RFC 6675, 6).
        if (isHeadInRecovery)
        {
            Restart(now);
        }
        else
        {
            timer.EnsureRetransmission(now + roundTrip.Timeout);
        }
    }

    /// <summary>Sets the tail loss probe's timer, if one would find something (RFC 8985, 7.2).</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="mayProbe">Whether the peer takes SACK, no recovery is under way and no probe is out.</param>
    public void ScheduleTailProbe(Instant now, bool mayProbe)
    {
        if (!mayProbe || (options.Without & Ablations.TailLossProbe) != 0 || sent.SackedCount > 0 || sent.InFlight == 0 || sent.AwaitsSyn
            || timer.RetransmissionAt == Instant.Never)
        {
            timer.CancelTailProbe();
            return;
        }

        timer.StartTailProbe(now + TailLossProbe.TimeoutFor(roundTrip, sent.Count == 1, options.DelayedAcknowledgment));
    }

    /// <summary>
    /// The peer acknowledges up to what it had sacked, and not that: it has thrown it away (RFC 2018, 8), unless an acknowledgment of more
    /// is about to come. It gets half a round trip for that (as in Linux), and not the whole RTO, in which nothing else happens.
    /// </summary>
    public void AwaitReneging(Instant now)
    {
        TimeSpan wait = TimeSpan.FromTicks(Math.Max(MinRenegingWait.Ticks, (roundTrip.Smoothed ?? roundTrip.Timeout).Ticks / 2));
        Instant at = now + (wait < roundTrip.Timeout ? wait : roundTrip.Timeout);
        if (at < timer.RetransmissionAt)
        {
            timer.StartRetransmission(at);
        }
    }
}
