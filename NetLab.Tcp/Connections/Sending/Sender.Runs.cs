using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <content>
/// Runs of full segments: what <see cref="TryPlan"/> and <see cref="Commit"/> say and do one by one, for many at once. A test holds
/// that they come to the same.
/// </content>
internal sealed partial class Sender
{
    /// <summary>Bytes of payload of a full segment.</summary>
    public int FullLength => PayloadLimit;

    /// <summary>How many full segments of new data may follow what was just sent, but for the last of what is written.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="most">How many would be sent at most. What is allowed counts as sent for the pacer.</param>
    public int TakeRun(Instant now, int most)
    {
        bool isOrdinary = SynAcknowledged && _phase == RecoveryPhase.None && _sent.LostCount == 0 && _sent.Count > 0
            && !FinSent && !_windowProbeDue && !_tailProbe.IsDue;
        if (!isOrdinary)
        {
            return 0;
        }

        // The last of what is written is pushed, and may bring the FIN: it is planned by itself.
        long available = Buffer.End - Next - 1;
        long room = Math.Min(WindowEdge - Next, _congestion.Window - EffectiveInFlight);
        int count = (int)Math.Min(most, Math.Min(available, room) / PayloadLimit);
        return count <= 0 || MtuProbeLength(now, available + 1) > 0 ? 0 : _pacer.Take(now, PayloadLimit, PacingRate, count);
    }

    // Of segments that were all sent once, and of which nothing else is known, only the newest says anything: of the round trip, of
    // the rate, and to RACK.
    private void TakeRun(Instant now, long acknowledged, ref TimeSpan? sample, ref Instant newest)
    {
        bool isOrdinary = _sent.Count > 1 && !_sent[0].IsSyn && _sent.SackedCount == 0 && _sent.LostCount == 0 && _sent.RetransmittedCount == 0
            && Observation is null && _search is null;
        int count = isOrdinary ? _sent.CountUpTo(acknowledged) : 0;
        if (count < 2)
        {
            return;
        }

        ref readonly SentSegment last = ref _sent[count - 1];
        long length = last.End - _sent[0].Start;
        (sample, newest) = (now - last.SentAt, last.SentAt);
        _rate.OnDelivered(last, length, now);
        _rack.OnDelivered(last, now, RoundTrip.Minimum);
        _sent.RemoveFirst(count, length);
    }

    /// <summary>Notes that a run was sent.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="count">How many full segments.</param>
    public void CommitRun(Instant now, int count)
    {
        int length = PayloadLimit;
        _sent.AppendRun(Next, length, count, _rate, now);
        Next += (long)count * length;
        _lastSentAt = now;
        _statistics.BytesSent += (long)count * length;
        _reduction.OnSent((long)count * length);
        _timers.Stop(ConnectionTimer.WindowProbe);
        NoteUsage();
        if (!_timers.IsSet(ConnectionTimer.Retransmission))
        {
            _timers.Set(ConnectionTimer.Retransmission, now + RoundTrip.Timeout);
        }

        ScheduleTailProbe(now);
    }
}
