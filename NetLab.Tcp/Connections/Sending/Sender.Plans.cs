using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <content>What goes next: the order of precedence, and what flow control, congestion control and Nagle allow.</content>
internal sealed partial class Sender
{
    /// <summary>Decides what to send next, if anything may be sent.</summary>
    public bool TryPlan(Instant now, out SegmentPlan plan)
    {
        if (_sent.Count == 0 && _lastSentAt is { } last && now - last > RoundTrip.Timeout && SynAcknowledged && HasUnsent)
        {
            _lastSentAt = null;
            _congestion.OnIdle(now);
        }

        if (TryPlanSyn(out plan))
        {
            return true;
        }

        if (!SynAcknowledged)
        {
            return TryPlanLost(now, out plan);
        }

        if (_windowProbeDue)
        {
            return TryPlanWindowProbe(now, out plan);
        }

        if (_tailProbe.IsDue)
        {
            return TryPlanTailProbe(now, out plan);
        }

        // What is lost goes before what is new: the peer can use nothing behind a hole.
        return _sent.LostCount > 0 ? TryPlanLost(now, out plan) : TryPlanNew(now, ignoreCongestion: false, out plan);
    }

    // Bytes a second: the algorithm's own, or the window over the round trip and some more, so that pacing never is what
    // keeps the window from being filled (as in Linux: 200 % in slow start, 120 % later).
    private double PacingRate
    {
        get
        {
            if (_congestion.PacingRate > 0)
            {
                return _congestion.PacingRate;
            }

            bool slowStart = _congestion.Window < _congestion.SlowStartThreshold;
            return _options.Pacing && RoundTrip.Smoothed is { Ticks: > 0 } roundTrip
                ? (slowStart ? 2.0 : 1.2) * _congestion.Window / roundTrip.TotalSeconds
                : 0;
        }
    }

    // Recovery by SACK follows PRR, unless the algorithm knows better.
    private bool ReducesInProportion => _phase == RecoveryPhase.Fast && Sack && !_congestion.ControlsRecovery;

    private bool HasUnsent => Unsent > 0 || (_finQueued && !FinSent);

    private bool TryPlanSyn(out SegmentPlan plan)
    {
        plan = new SegmentPlan(0, 0, _synQueued ? -1 : 0) { IsSyn = true };
        return _synQueued || _synAnswerDue;
    }

    private bool TryPlanLost(Instant now, out SegmentPlan plan)
    {
        plan = default;
        int index = _sent.FirstLost();
        if (index < 0 || (SynAcknowledged && Window == 0))
        {
            return false;
        }

        // RFC 9293, 3.8.6 (SHLD-16): what a peer that took its window back has room for goes again, and no more. What lies behind that
        // is not in the network, and waits.
        long room = SynAcknowledged ? WindowEdge - _sent[index].Start : 1;
        if (room <= 0)
        {
            return false;
        }

        if (room < _sent[index].Length)
        {
            _sent.Split(index, (int)room);
        }

        ref readonly SentSegment segment = ref _sent[index];

        // The first retransmission of a recovery goes whatever is in flight (RFC 6675, 5 (4.3)).
        if (SynAcknowledged && !_retransmitFirst && !MayEnterNetwork(now, segment.Length))
        {
            return false;
        }

        plan = segment.IsWindowProbe && index == _sent.Count - 1 ? WithWhatFollows(index, room) : Again(index);
        return true;
    }

    // A byte that a peer without a window refused is no segment by itself once there is a window (RFC 9293, 3.8.6.2.1).
    private SegmentPlan WithWhatFollows(int index, long room)
    {
        SegmentPlan again = Again(index);
        long available = Buffer.End - again.Start;
        int length = (int)Math.Min(Math.Min(available, PayloadLimit), room);
        return again.IsFin || length <= again.Length
            ? again
            : again with { Length = length, IsPush = length == available, IsFin = _finQueued && length == available && room > length };
    }

    private SegmentPlan Again(int index)
    {
        ref readonly SentSegment segment = ref _sent[index];
        int length = segment.PayloadLength;
        return new SegmentPlan(segment.Start, length, index)
        {
            IsSyn = segment.IsSyn,
            IsFin = segment.IsFin,
            IsPush = length > 0 && segment.End >= Buffer.End,
        };
    }

    private bool TryPlanNew(Instant now, bool ignoreCongestion, out SegmentPlan plan)
    {
        plan = default;
        _congestionWasLimit = false;
        if (FinSent)
        {
            return false;
        }

        long available = Buffer.End - Next;
        long usable = WindowEdge - Next;
        if (!ignoreCongestion && MtuProbeLength(now, available) is > 0 and var probe)
        {
            // Where windows open by two segments an acknowledgment, a larger one has to wait until they have opened by enough
            // (RFC 4821, 7.5): it will be, as something is on its way.
            plan = new SegmentPlan(Next, probe, -1) { IsMtuProbe = true };
            return usable >= probe && MayEnterNetwork(now, probe);
        }

        int length = (int)Math.Min(Math.Min(available, PayloadLimit), Math.Max(0, usable));
        bool isLast = length == available;
        bool fin = _finQueued && isLast && usable > length;
        if ((length == 0 && !fin) || (length < PayloadLimit && !fin && !MaySendSmall(length, isLast)))
        {
            return false;
        }

        if (!ignoreCongestion && !MayEnterNetwork(now, length))
        {
            return false;
        }

        plan = new SegmentPlan(Next, length, -1) { IsFin = fin, IsPush = isLast && length > 0 };
        return true;
    }

    // Congestion control's word: how much, and how fast.
    private bool MayEnterNetwork(Instant now, int length)
    {
        bool fits = EffectiveInFlight <= 0
            || (ReducesInProportion ? _reduction.Allowance >= length : EffectiveInFlight + length <= _congestion.Window);
        if (fits && _pacer.IsReady(now, PacingRate))
        {
            return true;
        }

        _congestionWasLimit = true;
        NoteUsage();
        if (fits)
        {
            _timers.Set(ConnectionTimer.Pacing, _pacer.ReadyAt);
        }

        return false;
    }

    // RFC 9293, 3.8.6.2.1: a segment that is not full goes if it empties the queue (and Nagle agrees), or if it is at
    // least half of the largest window the peer ever offered; otherwise the window has to open, or the probe timer helps.
    private bool MaySendSmall(int length, bool isLast) =>
        isLast ? !Nagle || _sent.Count == 0 : length >= Math.Max(1, MaxWindow / 2);

    private bool TryPlanWindowProbe(Instant now, out SegmentPlan plan)
    {
        // One byte at SND.UNA: of what was sent before, or else the first byte of what waits (RFC 9293, 3.8.6.1).
        plan = default;
        if (_sent.Count == 0 && !HasUnsent)
        {
            // What it was to ask for has been acknowledged meanwhile.
            _windowProbeDue = false;
            return false;
        }

        bool known = _sent.Count > 0;
        long start = known ? Unacknowledged : Next;
        bool fin = start >= Buffer.End;
        if (fin && !_finQueued)
        {
            _windowProbeDue = false;
            return false;
        }

        if (Window > 0)
        {
            // A window too small to be worth a segment (RFC 9293, 3.8.6.2.1): after this long it is used as it is.
            _windowProbeDue = false;
            if (known)
            {
                return TryPlanLost(now, out plan);
            }

            int length = (int)Math.Min(Math.Min(Buffer.End - start, PayloadLimit), WindowEdge - start);
            plan = new SegmentPlan(start, length, -1) { IsFin = fin };
            return true;
        }

        plan = new SegmentPlan(start, fin ? 0 : 1, known ? 0 : -1) { IsFin = fin, IsWindowProbe = true };
        return true;
    }

    private bool TryPlanTailProbe(Instant now, out SegmentPlan plan)
    {
        // RFC 8985, 7.3: new data if there is any, else the last segment again.
        if (TryPlanNew(now, ignoreCongestion: true, out plan))
        {
            plan = plan with { IsTailProbe = true };
            return true;
        }

        for (int i = _sent.Count - 1; i >= 0; i--)
        {
            // Nothing that a peer which took its window back has no room for (SHLD-16).
            if (!_sent[i].IsSacked && _sent[i].End <= WindowEdge)
            {
                plan = Again(i) with { IsTailProbe = true };
                return true;
            }
        }

        _tailProbe.IsDue = false;
        return false;
    }
}
