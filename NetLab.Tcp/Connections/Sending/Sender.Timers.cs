using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <content>What the sender's timers do when their time comes.</content>
internal sealed partial class Sender
{
    private static readonly TimeSpan MaxNotSentTime = TimeSpan.FromMinutes(15);

    // Since when retransmissions have not left the machine, and whether the latest expiry has been taken back for it.
    private Instant? _notSentSince;
    private bool _hasBackedOff;

    /// <summary>The retransmission timer expired (RFC 6298, 5.4 to 5.6).</summary>
    /// <returns>How often it has since anything was acknowledged.</returns>
    public int OnRetransmissionTimer(Instant now)
    {
        if (_sent.Count == 0)
        {
            return 0;
        }

        if (SynAcknowledged && Window == 0)
        {
            // Not a loss but a peer without room that took back its window: ask, do not back off cwnd.
            _sent.MarkAllLost(LossCause.WindowClosed, forgetSacked: _sent[0].IsSacked);
            OnNothingToSend(now);
            return 0;
        }

        _statistics.Timeouts++;
        bool repeated = _phase == RecoveryPhase.Timeout && _expiries > 0;
        if (SynAcknowledged)
        {
            _congestion.OnTimeout(now, FlightOf(Next - Unacknowledged), repeated);
        }
        else
        {
            _synWasLost = true;
        }

        if (!repeated)
        {
            _undo.Begin();
        }

        RoundTrip.BackOff();
        _hasBackedOff = true;
        _phase = RecoveryPhase.Timeout;
        _recoveryPoint = Next;
        _duplicates = 0;
        _tailProbe.Cancel();
        _timers.Stop(ConnectionTimer.TailLossProbe);
        _timers.Stop(ConnectionTimer.Reordering);

        // RFC 2018, 8: a peer that sacked the very segment it waits for has thrown it away; then no SACK is believed.
        bool forgetSacked = _sent[0].IsSacked;
        if (Sack && !forgetSacked)
        {
            _sent.MarkLostSentBefore(now - (_rack.RoundTrip + _rack.ReorderingWindow(_sent, RoundTrip, inRecovery: true)), forgetSacked);
        }
        else
        {
            _sent.MarkAllLost(LossCause.Timeout, forgetSacked);
        }

        TakeLossesBySize(now);
        _retransmitFirst = true;
        return ++_expiries;
    }

    /// <summary>
    /// What was sent last has not left the machine. The back-off is for a path that loses (RFC 6298, 5.5): a retransmission that never left
    /// is repeated after the same time, and does not count among those that say the peer has gone. For a quarter of an hour, which is
    /// about what fifteen retransmissions take; then it counts.
    /// </summary>
    public void OnNotSent(Instant now)
    {
        if (!_hasBackedOff || !SynAcknowledged)
        {
            return;
        }

        _hasBackedOff = false;
        if (_expiries < 2)
        {
            // The first expiry stays: it says that this is a timeout.
            _notSentSince = now;
            return;
        }

        _notSentSince ??= now;
        if (now - _notSentSince.Value < MaxNotSentTime)
        {
            RoundTrip.UndoBackOff();
            _expiries--;
            _timers.Set(ConnectionTimer.Retransmission, now + RoundTrip.Timeout);
        }
    }

    /// <summary>The tail loss probe's time has come.</summary>
    public void OnTailProbeTimer(Instant now)
    {
        _tailProbe.IsDue = _sent.Count > 0;
        if (_tailProbe.IsDue)
        {
            // RFC 8985, 7.3: the probe goes instead of what the retransmission timer would do, and that begins anew.
            _timers.Set(ConnectionTimer.Retransmission, now + RoundTrip.Timeout);
        }
    }

    /// <summary>A segment that was suspected has not turned up in time (RFC 8985, 6.3).</summary>
    public void OnReorderingTimer(Instant now) => DetectLosses(now, Next - Unacknowledged - _sent.SackedBytes, partial: false, isNews: true);

    private void ScheduleTailProbe(Instant now)
    {
        _timers.Stop(ConnectionTimer.TailLossProbe);
        if ((_options.Without & Ablations.TailLossProbe) != 0 || !Sack || !SynAcknowledged || _phase != RecoveryPhase.None || _sent.SackedCount > 0 || _tailProbe.IsOutstanding || _sent.InFlight == 0)
        {
            return;
        }

        // RFC 8985, 7.2: no later than the retransmission timer, in whose place it then goes.
        Instant probeAt = now + TailLossProbe.TimeoutFor(RoundTrip, _sent.Count == 1, _options.DelayedAcknowledgment);
        _timers.Set(ConnectionTimer.TailLossProbe, Instant.Min(probeAt, _timers[ConnectionTimer.Retransmission]));
    }
}
