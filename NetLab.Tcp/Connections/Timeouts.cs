using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>TIMEOUTS (RFC 9293, 3.10.8): what each timer brings about when its time has come.</summary>
internal sealed class Timeouts(Connection connection, ConnectionOptions options, ConnectionParts parts, TimerTable timers, SegmentArrives arrival)
{
    private readonly Sender _sender = parts.Sender;
    private readonly Receiver _receiver = parts.Receiver;
    private readonly KeepAlive _keepAlive = parts.KeepAlive;

    /// <summary>Lets the timers that have come due do their work; the connection may be over afterwards.</summary>
    public void Run(Instant now)
    {
        if (!RunLimits(now))
        {
            return;
        }

        // A segment that was waiting for its turn is sent now; nothing else is to be done for it.
        Expires(ConnectionTimer.Pacing, now);
        if (Expires(ConnectionTimer.DelayedAcknowledgment, now))
        {
            _receiver.Policy.OweOne();
        }

        if (Expires(ConnectionTimer.Reordering, now))
        {
            _sender.OnReorderingTimer(now);
        }

        if (Expires(ConnectionTimer.TailLossProbe, now))
        {
            _sender.OnTailProbeTimer(now);
        }

        if (Expires(ConnectionTimer.WindowProbe, now))
        {
            _sender.OnWindowProbeTimer();
            if (++arrival.Acknowledgments.UnansweredWindowProbes > options.MaxRetransmissions)
            {
                connection.Teardown.Abort(CloseReason.TimedOut);
                return;
            }
        }

        if (Expires(ConnectionTimer.Retransmission, now))
        {
            int limit = connection.HasBeenEstablished ? options.MaxRetransmissions : options.MaxSynRetransmissions;
            if (_sender.OnRetransmissionTimer(now) > limit)
            {
                connection.Teardown.Abort(CloseReason.TimedOut);
                return;
            }
        }

        if (Expires(ConnectionTimer.KeepAlive, now))
        {
            OnKeepAliveTimer(now);
        }
    }

    // Those that end the connection. Returns whether it goes on.
    private bool RunLimits(Instant now)
    {
        if (Expires(ConnectionTimer.TimeWait, now))
        {
            // TIME-WAIT is over, or an orphan waited long enough for the peer's FIN, which is no loss.
            if (connection.State is ConnectionState.TimeWait or ConnectionState.FinWait2)
            {
                connection.Teardown.End(CloseReason.Finished);
                return false;
            }

            // Or for a peer that answers and takes nothing. One that does not answer is given up by the count of retransmissions.
            if (_sender.Stream.Window == 0)
            {
                connection.Teardown.Abort(CloseReason.TimedOut);
                return false;
            }

            connection.Teardown.StartOrphanTimeout(now);
        }

        if (Expires(ConnectionTimer.UserTimeout, now))
        {
            connection.Teardown.Abort(CloseReason.TimedOut);
            return false;
        }

        return true;
    }

    private void OnKeepAliveTimer(Instant now)
    {
        switch (_keepAlive.OnTimer(now, _sender.HasUnacknowledged, _sender.RoundTrip.Timeout))
        {
            case KeepAlive.Outcome.Probe:
                _sender.Trim();
                break;
            case KeepAlive.Outcome.GiveUp:
                connection.Teardown.Abort(CloseReason.TimedOut);
                break;
            default:
                break;
        }
    }

    private bool Expires(ConnectionTimer timer, Instant now)
    {
        bool expired = timers.TryExpire(timer, now);
        if (expired)
        {
            connection.Observation?.OnExpired(timer);
        }

        return expired;
    }
}
