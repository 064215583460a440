using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <content>What acknowledgments and timers tell of what was sent.</content>
internal sealed partial class Sender
{
    // The timestamp clock's resolution: ages differ by less than one tick of it through rounding alone.
    private static readonly TimeSpan TimestampTick = TimeSpan.FromMilliseconds(1);

    private RecoveryPhase _phase;
    private long _recoveryPoint;
    private bool _retransmitFirst;
    private int _duplicates;
    private TimeSpan? _echoAge;

    // Expiries of the retransmission timer since anything was acknowledged.
    private int _expiries;

    // Until this is acknowledged, further marks are of the round trip that has been answered for.
    private long _markedUpTo;

    /// <summary>Whether losses are being repaired.</summary>
    public RecoveryPhase Phase => _phase;

    // Without SACK, each duplicate ACK stands for one segment that has left the network (RFC 5681, 3.2).
    private long EffectiveInFlight => Sack ? _sent.InFlight : Math.Max(0, _sent.InFlight - ((long)_duplicates * PayloadLimit));

    /// <summary>Takes an acknowledgment that is not beyond SND.NXT.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="acknowledged">Its number as a stream offset.</param>
    /// <param name="segment">The whole segment.</param>
    /// <param name="windowChanged">Whether it changes SND.WND, in which case it is no duplicate.</param>
    /// <param name="echoAge">Time since the timestamp it echoes was sent, or null.</param>
    /// <returns>Whether it acknowledged anything new.</returns>
    public bool Acknowledge(Instant now, long acknowledged, in Segment segment, bool windowChanged, TimeSpan? echoAge)
    {
        long before = Unacknowledged;
        long unsackedBefore = Next - before - _sent.SackedBytes;
        bool advances = acknowledged > before;
        long priorInFlight = EffectiveInFlight;
        long deliveredBefore = _rate.Delivered;
        TimeSpan? sample = null;
        Instant newest = default;
        int sackedBefore = _sent.SackedCount;
        int segmentsBefore = _sent.Count - sackedBefore;
        _rate.Begin();
        _echoAge = echoAge;
        if (advances)
        {
            TakeCumulative(now, acknowledged, ref sample, ref newest);
            Unacknowledged = acknowledged;
        }

        (long Start, long End)? duplicate = TakeSack(now, acknowledged, segment.Header.Options.Sack, ref sample, ref newest);
        sample = Measure(sample, advances, echoAge);
        if (before == 0 && advances && _synWasLost)
        {
            RoundTrip.RaiseAfterLostSyn();
            _congestion.OnLostSyn();
        }

        bool isDuplicate = acknowledged == before && _sent.Count > 0 && segment.SequenceLength == 0 && !windowChanged;
        _statistics.DuplicateAcknowledgments += isDuplicate ? 1 : 0;
        _duplicates = advances ? 0 : isDuplicate ? Math.Min(_duplicates + 1, 1 << 20) : _duplicates;
        if (_tailProbe.OnAcknowledged(acknowledged, duplicate, isDuplicate && segment.Header.Options.Sack.Count == 0)
            && _phase == RecoveryPhase.None)
        {
            _congestion.OnLoss(now, FlightOf(Next - before));
        }

        bool partial = _phase == RecoveryPhase.Fast && advances && acknowledged < _recoveryPoint;
        bool isUndone = LearnOfMistakes(before, acknowledged, segment.Header.Options.Timestamps?.Echo, duplicate);
        if (_phase != RecoveryPhase.None && Unacknowledged >= _recoveryPoint)
        {
            EndRecovery(now);
        }

        // An undo takes nothing for lost any more: what is lost all the same is found again here, or by a timer.
        long lost = DetectLosses(now, unsackedBefore, partial, isNews: _sent.SackedCount > sackedBefore || advances || isUndone);
        long delivered = _rate.Delivered - deliveredBefore;
        TakeMarks(now, segment.Header, before, delivered, segmentsBefore - (_sent.Count - _sent.SackedCount));
        Tell(now, acknowledged - Math.Max(before, 1), delivered, lost, priorInFlight, sample);
        if (ReducesInProportion)
        {
            _reduction.OnAcknowledged(delivered, _sent.InFlight, advances && lost == 0);
        }

        if (advances)
        {
            OnAdvanced(now);
        }
        else if (isUndone)
        {
            ScheduleTailProbe(now);
        }

        return advances;
    }

    // FlightSize, from which ssthresh is computed. While a hole waits to be taken for lost, what arrives behind it makes room
    // for more, so that more is outstanding than ever was allowed in the network: no more than the window counts.
    private long FlightOf(long outstanding) => Math.Min(outstanding, Math.Max(_congestion.Window, EffectiveInFlight));

    // Which measurement an acknowledgment gives, if any.
    private TimeSpan? Measure(TimeSpan? sample, bool advances, TimeSpan? echoAge)
    {
        if (advances && sample is null)
        {
            // Karn: what was sent twice says nothing, unless a timestamp tells which of the two was meant.
            sample = echoAge;
        }
        else if (sample > echoAge + TimestampTick)
        {
            // The segment that caused this acknowledgment left no longer ago than the timestamp it echoes. What is reported
            // later than that arrived earlier, and its acknowledgments were lost: it measures their loss, not the path.
            sample = echoAge;
        }

        if (sample is { } roundTrip)
        {
            RoundTrip.Sample(roundTrip);
            _statistics.SmoothedRoundTrip = RoundTrip.Smoothed;
        }

        return sample;
    }

    // Reports of duplicates and echoes of old timestamps: what was taken for loss was reordering or delay.
    // Returns whether a recovery was undone.
    private bool LearnOfMistakes(long before, long acknowledged, uint? echo, (long Start, long End)? duplicate)
    {
        // RFC 8985, 6.2, step 4: a report tells of a retransmission that was for nothing, if there was one. A network that doubles
        // segments, or a peer that says so, tells nothing of reordering.
        bool isOfResent = duplicate is { } reported && _undo.IsOfResent(reported.Start, reported.End);
        if (isOfResent)
        {
            _rack.OnDuplicateReport(Unacknowledged, Next);
        }

        bool isUndone = _undo.OnAcknowledged(before, acknowledged, echo is 0 ? null : echo, isOfResent);
        if (isUndone)
        {
            _statistics.SpuriousRecoveries++;
            Observation?.OnUndone();
            _congestion.OnSpurious();
            _sent.UnmarkLost();
            (_phase, _retransmitFirst) = (RecoveryPhase.None, false);
        }

        return isUndone;
    }

    // RFC 3168, 6.1.2: a mark is answered like a loss, once a round trip, but nothing is sent again. An acknowledgment that
    // brings nothing new may be an old one, with an old count.
    private void TakeMarks(Instant now, in SegmentHeader header, long before, long delivered, int segments)
    {
        if (before == 0 || delivered == 0 || Ecn.OnAcknowledged(header.Flags, header.Options.AccurateEcn, segments, PayloadLimit) is not (> 0 and var marks))
        {
            return;
        }

        _statistics.MarksReported += marks;
        if (_phase == RecoveryPhase.None && Unacknowledged > _markedUpTo)
        {
            _markedUpTo = Next;
            _congestion.OnMarked(now, FlightOf(Next - before));
            Ecn.OnReduced();
        }
    }

    private void EndRecovery(Instant now)
    {
        if (_phase == RecoveryPhase.Fast)
        {
            _congestion.OnRecovered(now);
        }

        _phase = RecoveryPhase.None;
        _rack.OnRecovered();
    }

    private void Tell(Instant now, long acknowledged, long delivered, long lost, long priorInFlight, TimeSpan? roundTrip)
    {
        _rate.OnLost(lost);
        double rate = _rate.End(RoundTrip.Minimum, out bool isRoundStart);

        bool slowStart = _congestion.Window < _congestion.SlowStartThreshold;
        bool wasLimit = _congestionWasLimit || _usage.WasLimit(_congestion.Window, slowStart);
        _congestion.OnAcknowledged(new AcknowledgmentSample
        {
            Now = now,
            Acknowledged = Math.Max(0, acknowledged),
            Delivered = delivered,
            Lost = lost,
            PriorInFlight = priorInFlight,
            InFlight = _sent.InFlight,
            RoundTrip = roundTrip,
            Smoothed = RoundTrip.Smoothed,
            IsRoundStart = isRoundStart,
            Rate = rate,
            IsApplicationLimited = _rate.IsApplicationLimited,
            InFlightAtSend = _rate.InFlightAtSend,
            LostSinceSent = _rate.LostSinceSent,
            WindowWasLimit = wasLimit,
            InRecovery = _phase == RecoveryPhase.Fast || Unacknowledged < _markedUpTo,
        });
    }

    private void TakeCumulative(Instant now, long acknowledged, ref TimeSpan? sample, ref Instant newest)
    {
        TakeRun(now, acknowledged, ref sample, ref newest);
        bool anyTwice = false;
        while (_sent.Count > 0 && _sent[0].End <= acknowledged)
        {
            anyTwice |= _sent[0].Transmissions > 1 && !_sent[0].IsSacked;
            Deliver(now, _sent[0], ref sample, ref newest);
            _sent.RemoveFirst();
        }

        if (anyTwice)
        {
            // What follows a repaired hole arrived long before this acknowledgment could be sent: it measures the repair.
            sample = null;
        }

        if (_sent.Count > 0 && _sent[0].Start < acknowledged)
        {
            _sent.TrimFirst(acknowledged);
        }
    }

    // Returns what is reported as a duplicate, if anything (RFC 2883, 4).
    private (long Start, long End)? TakeSack(Instant now, long acknowledged, SackBlocks blocks, ref TimeSpan? sample, ref Instant newest)
    {
        if (!Sack)
        {
            return null;
        }

        // In the order of the stream and not of the report: RACK would take the newest block first for reordering.
        Span<(long Start, long End)> ranges = stackalloc (long, long)[SackBlocks.Capacity];
        int count = 0;
        (long Start, long End)? duplicate = null;
        for (int i = 0; i < blocks.Count; i++)
        {
            long start = Unwrap(blocks[i].Start);
            long end = Unwrap(blocks[i].End);
            if (i == 0 && start < end && (end <= acknowledged || (blocks.Count > 1 && IsInside(start, end, blocks[1]))))
            {
                // RFC 2883, 4: the first block repeats what this very segment acknowledges, by number or by the second block.
                duplicate = start >= 0 ? (start, end) : null;
            }
            else if (start < end && start >= Unacknowledged && end <= Next)
            {
                // Others are reversed or outside what is outstanding: a lie or long out of date.
                ranges[count++] = (start, end);
            }
        }

        ranges = ranges[..count];
        ranges.Sort();
        foreach ((long start, long end) in ranges)
        {
            for (int index = _sent.IndexOf(start); index < _sent.Count && _sent[index].End <= end; index++)
            {
                if (!_sent[index].IsSacked)
                {
                    Deliver(now, _sent[index], ref sample, ref newest);
                    _sent.MarkSacked(index);
                }
            }
        }

        return duplicate;
    }

    private bool IsInside(long start, long end, SackBlock block) =>
        start >= Unwrap(block.Start) && end <= Unwrap(block.End);

    // A segment has reached the peer: RTT from the newest that was sent once (RFC 6298, 3), RACK from all.
    private void Deliver(Instant now, in SentSegment segment, ref TimeSpan? sample, ref Instant newest)
    {
        if (segment.IsSacked)
        {
            return;
        }

        if (segment.Transmissions == 1 && (sample is null || segment.SentAt >= newest))
        {
            (sample, newest) = (now - segment.SentAt, segment.SentAt);
        }

        _rate.OnDelivered(segment, now);
        Observation?.OnAcknowledged(segment.AsTransmission());

        OnArrivedOfSize(now, segment);

        // RFC 8985, 6.2, step 2: what echoes a timestamp from before the retransmission acknowledges the original, and says
        // nothing of what was sent between the two.
        bool isOriginal = segment.Transmissions > 1 && _echoAge > now - segment.SentAt + TimestampTick;
        if (!isOriginal)
        {
            _rack.OnDelivered(segment, now, RoundTrip.Minimum);
        }
    }

    // The flight is what was outstanding and not sacked before this acknowledgment: RecoverFS, should a recovery begin (RFC 9937, 6).
    private long DetectLosses(Instant now, long flight, bool partial, bool isNews)
    {
        long lost = 0;
        if ((_options.Without & Ablations.FastRetransmission) != 0 && _phase != RecoveryPhase.Timeout)
        {
            return 0;
        }

        if (Sack)
        {
            if (_sent.SackedCount == 0 && _sent.RetransmittedCount == 0)
            {
                _timers.Stop(ConnectionTimer.Reordering);
            }
            else if (isNews)
            {
                lost = _rack.DetectLosses(_sent, now, RoundTrip, _phase != RecoveryPhase.None, out Instant recheckAt);
                _timers.Set(ConnectionTimer.Reordering, recheckAt);
            }
        }
        else if (_sent.Count > 0 && !_sent[0].IsLost && (partial || (_duplicates >= 3 && _phase == RecoveryPhase.None && Unacknowledged > _recoveryPoint)))
        {
            // RFC 5681, 3.2 and RFC 6582, 3.2: three duplicates, or an ACK that stops short, point at the oldest segment; but
            // not duplicates of what an earlier recovery may have sent twice.
            lost = _sent[0].Length;
            _sent.MarkLost(0, LossCause.DuplicateAcknowledgments);
            _retransmitFirst = true;
        }

        lost -= TakeLossesBySize(now);
        if (lost > 0 && _phase == RecoveryPhase.None)
        {
            _phase = RecoveryPhase.Fast;
            _recoveryPoint = Next;
            _retransmitFirst = true;
            _congestion.OnLoss(now, FlightOf(Next - Unacknowledged));
            _reduction.Begin(flight, _congestion.SlowStartThreshold);
            _undo.Begin();
            _statistics.FastRecoveries++;
            _tailProbe.Cancel();
            _timers.Stop(ConnectionTimer.TailLossProbe);
        }

        return lost;
    }

    private void OnAdvanced(Instant now)
    {
        // The tries of what is oldest now begin anew; the back-off stays until something is measured (RFC 6298, 5).
        _expiries = 0;
        _windowProbes = 0;

        // RFC 6298, 5.2 and 5.3.
        if (_sent.Count == 0)
        {
            _timers.Stop(ConnectionTimer.Retransmission);
            _timers.Stop(ConnectionTimer.TailLossProbe);
            _timers.Stop(ConnectionTimer.WindowProbe);
        }
        else if (!_timers.IsSet(ConnectionTimer.WindowProbe))
        {
            _timers.Set(ConnectionTimer.Retransmission, now + RoundTrip.Timeout);
            ScheduleTailProbe(now);
            if (_sent.IsHeadSacked)
            {
                AwaitReneging(now);
            }
        }
    }
}
