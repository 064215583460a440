using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// Finds what was lost, by acknowledgments (RFC 8985; without SACK RFC 5681 and 6582), by a tail loss probe or by the retransmission timer
/// (RFC 6298), tells congestion control once, and ends when everything that was outstanding then has been acknowledged, or when it
/// turns out to have been for nothing (RFC 3522, 3708).
/// </summary>
internal sealed class LossRecovery
{
    private readonly ConnectionOptions _options;
    private readonly ConnectionStatistics _statistics;
    private readonly TimerTable _timers;
    private readonly LossTimer _timer;
    private readonly LossTimeouts _timeouts;
    private readonly SentSegments _sent;
    private readonly RackDetector _rack;
    private readonly RoundTripEstimator _roundTrip;
    private readonly CongestionLimit _congestion;
    private readonly SpuriousRecovery _undo = new();
    private readonly ProportionalRateReduction _reduction;
    private LocalOutage _outage;
    private long _recoveryPoint;
    private int _duplicates;
    private int _segmentSize;

    // Expiries of the retransmission timer since anything was acknowledged.
    private int _expiries;

    // The recovery that has ended leaves a loss of what was sent after it had begun.
    private bool _hasNext;

    /// <param name="options">Timers, and what is left out on purpose.</param>
    /// <param name="statistics">Counts recoveries and timeouts.</param>
    /// <param name="timers">The connection's timers: RACK's is set here.</param>
    /// <param name="timer">Retransmission and tail loss probe.</param>
    /// <param name="sent">The scoreboard.</param>
    /// <param name="rack">What has been delivered, and by how much segments are reordered.</param>
    /// <param name="roundTrip">Measurements of the path.</param>
    /// <param name="congestion">Told of losses.</param>
    /// <param name="segmentSize">Bytes of payload of a full segment.</param>
    public LossRecovery(
        ConnectionOptions options,
        ConnectionStatistics statistics,
        TimerTable timers,
        LossTimer timer,
        SentSegments sent,
        RackDetector rack,
        RoundTripEstimator roundTrip,
        CongestionLimit congestion,
        int segmentSize)
    {
        (_options, _statistics, _timers, _timer, _sent, _rack, _roundTrip, _congestion) = (options, statistics, timers, timer, sent, rack, roundTrip, congestion);
        _timeouts = new LossTimeouts(options, timer, sent, roundTrip);
        _segmentSize = segmentSize;
        _reduction = new ProportionalRateReduction(segmentSize);
    }

    /// <summary>Whether losses are being repaired, and how they were found.</summary>
    public RecoveryPhase Phase { get; private set; }

    /// <summary>Whether the next retransmission goes whatever is in flight: the first of a recovery (RFC 6675, 5 (4.3)).</summary>
    public bool RetransmitsFirst { get; private set; }

    /// <summary>The tail loss probe.</summary>
    public TailLossProbe TailProbe { get; } = new();

    /// <summary>Whether the peer takes SACK, so that RACK-TLP has something to go by.</summary>
    public bool Sack { get; set; }

    /// <summary>How often a loss has made the congestion window smaller.</summary>
    public long Reductions { get; private set; }

    /// <summary>Bytes in the network. Without SACK, each duplicate ACK stands for one segment that has left it (RFC 5681, 3.2).</summary>
    public long InFlight => Sack ? _sent.InFlight : Math.Max(0, _sent.InFlight - ((long)_duplicates * _segmentSize));

    /// <summary>Whether PRR limits what is sent: recovery by SACK, unless the algorithm knows better.</summary>
    public bool ReducesInProportion => Phase == RecoveryPhase.Fast && Sack && !_congestion.Algorithm.ControlsRecovery;

    /// <summary>Whether what is in the network leaves room for so many bytes more.</summary>
    public bool HasRoomFor(int length) => InFlight <= 0
        || (ReducesInProportion ? _reduction.Allowance >= length : InFlight + length <= _congestion.Algorithm.Window);

    /// <summary>
    /// FlightSize, from which ssthresh is computed. While a hole waits to be taken for lost, what arrives behind it makes room for more, so
    /// that more is outstanding than ever was allowed in the network: no more than the window counts.
    /// </summary>
    /// <param name="outstanding">Sequence numbers between SND.UNA and SND.NXT.</param>
    public long FlightOf(long outstanding) => Math.Min(outstanding, Math.Max(_congestion.Algorithm.Window, InFlight));

    /// <summary>Segments have another size from now on.</summary>
    public void OnSegmentSize(int segmentSize)
    {
        _segmentSize = segmentSize;
        _reduction.OnSegmentSize(segmentSize);
    }

    /// <summary>
    /// Takes an acknowledgment, after the scoreboard has taken it: duplicates, the answer to a tail loss probe, what turns out to have been
    /// for nothing, and what is lost.
    /// </summary>
    /// <param name="acknowledgment">What there is to go by.</param>
    /// <returns>Sequence numbers newly taken for lost.</returns>
    public long OnAcknowledged(in ReceivedAcknowledgment acknowledgment)
    {
        _statistics.DuplicateAcknowledgments += acknowledgment.IsDuplicate ? 1 : 0;
        _duplicates = acknowledgment.Advances ? 0 : acknowledgment.IsDuplicate ? Math.Min(_duplicates + 1, 1 << 20) : _duplicates;
        if (TailProbe.OnAcknowledged(acknowledgment.Acknowledged, acknowledgment.Duplicate, acknowledgment.IsDuplicate && !acknowledgment.HasSack)
            && Phase == RecoveryPhase.None)
        {
            Reductions++;
            _congestion.Algorithm.OnLoss(acknowledgment.Now, FlightOf(acknowledgment.Next - acknowledgment.Before));
        }

        bool partial = Phase == RecoveryPhase.Fast && acknowledgment.Advances && acknowledgment.Acknowledged < _recoveryPoint;
        bool isUndone = TryUndo(acknowledgment);
        if (Phase != RecoveryPhase.None && acknowledgment.Unacknowledged >= _recoveryPoint)
        {
            End(acknowledgment.Now);
        }

        // An undo takes nothing for lost any more: what is lost all the same is found again here, or by a timer.
        long lost = DetectLosses(acknowledgment.Now, acknowledgment.Unacknowledged, partial, acknowledgment.IsNews || isUndone);
        if (isUndone && !acknowledgment.Advances)
        {
            ScheduleTailProbe(acknowledgment.Now);
        }

        return lost;
    }

    /// <summary>Takes note of losses: they begin a recovery, unless one is under way or they are no sign of congestion.</summary>
    /// <param name="now">When they were found.</param>
    /// <param name="lost">Sequence numbers newly taken for lost, probes of the path's MTU left out (RFC 4821, 7.3).</param>
    /// <param name="unsacked">RecoverFS (RFC 9937, 6): what was outstanding and not sacked before the acknowledgment that tells of them.</param>
    /// <param name="outstanding">Sequence numbers between SND.UNA and SND.NXT.</param>
    /// <param name="next">SND.NXT.</param>
    public void OnLost(Instant now, long lost, long unsacked, long outstanding, long next)
    {
        if ((lost <= 0 && !_hasNext) || Phase != RecoveryPhase.None)
        {
            return;
        }

        _hasNext = false;
        Phase = RecoveryPhase.Fast;
        _recoveryPoint = next;
        RetransmitsFirst = _sent.LostCount > 0;
        Reductions++;
        _congestion.Algorithm.OnLoss(now, FlightOf(outstanding));
        _reduction.Begin(unsacked, _congestion.Algorithm.SlowStartThreshold);
        _undo.Begin();
        _statistics.FastRecoveries++;
        TailProbe.Cancel();
        _timer.CancelTailProbe();
    }

    /// <summary>The acknowledgment has been taken by all: PRR allows what it makes room for.</summary>
    /// <param name="delivered">Bytes it says have arrived.</param>
    /// <param name="isSafe">Whether SND.UNA advanced and nothing more was found lost.</param>
    public void OnDelivered(long delivered, bool isSafe)
    {
        if (ReducesInProportion)
        {
            _reduction.OnAcknowledged(delivered, _sent.InFlight, isSafe);
        }
    }

    /// <summary>SND.UNA has advanced: the timer begins anew (RFC 6298, 5.2 and 5.3).</summary>
    public void OnAdvanced(Instant now)
    {
        // The tries of what is oldest now begin anew; the back-off stays until something is measured (RFC 6298, 5).
        _expiries = 0;
        if (_sent.Count == 0)
        {
            _timer.Stop();
        }
        else if (!_timer.AwaitsWindow)
        {
            _timeouts.Restart(now);
            ScheduleTailProbe(now);
            if (_sent.IsHeadSacked)
            {
                AwaitReneging(now);
            }
        }
    }

    /// <summary>The retransmission timer expired, of a peer that has room (RFC 6298, 5.4 to 5.6).</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="outstanding">Sequence numbers between SND.UNA and SND.NXT.</param>
    /// <param name="next">SND.NXT.</param>
    /// <returns>How often it has since anything was acknowledged.</returns>
    public int OnTimeout(Instant now, long outstanding, long next)
    {
        _statistics.Timeouts++;
        bool repeated = Phase == RecoveryPhase.Timeout && _expiries > 0;
        if (!_sent.AwaitsSyn)
        {
            Reductions++;
            _congestion.Algorithm.OnTimeout(now, FlightOf(outstanding), repeated);
        }

        if (!repeated)
        {
            _undo.Begin();
        }

        _roundTrip.BackOff();
        _outage.OnBackedOff();
        Phase = RecoveryPhase.Timeout;
        _recoveryPoint = next;
        _duplicates = 0;
        TailProbe.Cancel();
        _timer.CancelTailProbe();
        _timers.Stop(ConnectionTimer.Reordering);

        // RFC 2018, 8: a peer that sacked the very segment it waits for has thrown it away; then no SACK is believed.
        bool forgetSacked = _sent.IsHeadSacked;
        if (Sack && !forgetSacked)
        {
            _sent.MarkLostSentBefore(now - (_rack.RoundTrip + _rack.ReorderingWindow(_sent, _roundTrip, inRecovery: true)), forgetSacked);
        }
        else
        {
            _sent.MarkAllLost(LossCause.Timeout, forgetSacked);
        }

        RetransmitsFirst = true;
        return ++_expiries;
    }

    /// <summary>
    /// What was sent last has not left the machine; see <see cref="LocalOutage"/>.
    /// </summary>
    public void OnNotSent(Instant now)
    {
        if (!_sent.AwaitsSyn && _outage.OnNotSent(now, _expiries))
        {
            _roundTrip.UndoBackOff();
            _expiries--;
            _timeouts.Restart(now);
        }
    }

    /// <summary>The tail loss probe's time has come.</summary>
    public void OnTailProbeTimer(Instant now)
    {
        TailProbe.IsDue = _sent.Count > 0;
        if (TailProbe.IsDue)
        {
            // RFC 8985, 7.3: the probe goes instead of what the retransmission timer would do, and that begins anew.
            _timeouts.Restart(now);
        }
    }

    /// <summary>A segment that was suspected has not turned up in time (RFC 8985, 6.3).</summary>
    /// <returns>Sequence numbers newly taken for lost.</returns>
    public long OnReorderingTimer(Instant now, long unacknowledged) => DetectLosses(now, unacknowledged, partial: false, isNews: true);

    /// <summary>Bytes were sent.</summary>
    public void OnSent(long bytes) => _reduction.OnSent(bytes);

    /// <summary>A segment was sent again.</summary>
    /// <param name="start">Stream offset of its first sequence number.</param>
    /// <param name="end">Stream offset behind its last one.</param>
    /// <param name="timestamp">Our timestamp on it, or null without the option.</param>
    public void OnResent(long start, long end, uint? timestamp)
    {
        if (Phase != RecoveryPhase.None)
        {
            _undo.OnResent(start, end, timestamp);
        }
    }

    /// <summary>The first retransmission of a recovery has been sent.</summary>
    public void OnFirstResent() => RetransmitsFirst = false;

    /// <summary>The tail loss probe has been sent.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="next">SND.NXT behind it.</param>
    /// <param name="resent">What it sent again; empty where it was new data.</param>
    public void OnTailProbeSent(Instant now, long next, (long Start, long End) resent)
    {
        _statistics.TailLossProbes++;
        TailProbe.OnSent(next, resent);
        _timeouts.Restart(now);
    }

    /// <summary>Something was sent into the window: its acknowledgment is awaited.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isHead">Whether it was the oldest segment, again.</param>
    public void AwaitAcknowledgment(Instant now, bool isHead) => _timeouts.Await(now, isHead && Phase == RecoveryPhase.Fast);

    /// <summary>Sets the tail loss probe's timer, if one would find something (RFC 8985, 7.2).</summary>
    public void ScheduleTailProbe(Instant now) =>
        _timeouts.ScheduleTailProbe(now, mayProbe: Sack && Phase == RecoveryPhase.None && !TailProbe.IsOutstanding);

    /// <summary>The peer acknowledges up to what it had sacked; see <see cref="LossTimeouts.AwaitReneging"/>.</summary>
    public void AwaitReneging(Instant now) => _timeouts.AwaitReneging(now);

    /// <summary>Gives back memory that only a busy connection needs.</summary>
    public void Trim() => _undo.Trim();

    /// <summary>Nothing will be sent any more.</summary>
    public void Release()
    {
        _undo.Trim();
        TailProbe.Cancel();
    }

    // Reports of duplicates and echoes of old timestamps: what was taken for loss was reordering or delay.
    private bool TryUndo(in ReceivedAcknowledgment acknowledgment)
    {
        // RFC 8985, 6.2, step 4: a report tells of a retransmission that was for nothing, if there was one. A network that doubles
        // segments, or a peer that says so, tells nothing of reordering.
        bool isOfResent = acknowledgment.Duplicate is { } reported && _undo.IsOfResent(reported.Start, reported.End);
        if (isOfResent)
        {
            _rack.OnDuplicateReport(acknowledgment.Unacknowledged, acknowledgment.Next);
        }

        if (!_undo.OnAcknowledged(acknowledgment.Before, acknowledgment.Acknowledged, acknowledgment.Echo is 0 ? null : acknowledgment.Echo, isOfResent))
        {
            return false;
        }

        _statistics.SpuriousRecoveries++;
        _sent.Observation?.OnUndone();
        _congestion.Algorithm.OnSpurious();
        _sent.UnmarkLost();
        (Phase, RetransmitsFirst, _hasNext) = (RecoveryPhase.None, false, false);
        return true;
    }

    private void End(Instant now)
    {
        if (Phase == RecoveryPhase.Fast)
        {
            _congestion.Algorithm.OnRecovered(now);
        }

        Phase = RecoveryPhase.None;
        _rack.OnRecovered();

        // RFC 5681, 4.3: losses in two successive windows are two indications of congestion. The scoreboard outlives the recovery
        // (RFC 6675, 5 (A)), and what it knows to be lost and not yet repaired begins the next one.
        _hasNext = Sack && _sent.NewestLost >= _recoveryPoint && _sent.LostCount + _sent.RetransmittedCount > 0;
    }

    private long DetectLosses(Instant now, long unacknowledged, bool partial, bool isNews)
    {
        if ((_options.Without & Ablations.FastRetransmission) != 0 && Phase != RecoveryPhase.Timeout)
        {
            return 0;
        }

        if (Sack)
        {
            if (_sent.SackedCount == 0 && _sent.RetransmittedCount == 0)
            {
                _timers.Stop(ConnectionTimer.Reordering);
                return 0;
            }

            if (!isNews)
            {
                return 0;
            }

            long lost = _rack.DetectLosses(_sent, now, _roundTrip, Phase != RecoveryPhase.None, out Instant recheckAt);
            _timers.Set(ConnectionTimer.Reordering, recheckAt);
            return lost;
        }

        if (_sent.Count == 0 || _sent[0].IsLost || !(partial || (_duplicates >= 3 && Phase == RecoveryPhase.None && unacknowledged > _recoveryPoint)))
        {
            return 0;
        }

        // RFC 5681, 3.2 and RFC 6582, 3.2: three duplicates, or an ACK that stops short, point at the oldest segment; but
        // not duplicates of what an earlier recovery may have sent twice.
        _sent.MarkLost(0, LossCause.DuplicateAcknowledgments);
        RetransmitsFirst = true;
        return _sent[0].Length;
    }
}
