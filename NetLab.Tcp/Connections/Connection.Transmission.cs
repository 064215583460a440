using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <content>Segments out, and TIMEOUTS (RFC 9293, 3.10.8).</content>
public sealed partial class Connection
{
    /// <summary>Writes the segments that may be sent now, back to back and of one size but for the last.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="buffer">Where they go; at least one segment of the largest size must fit.</param>
    /// <param name="maxSegments">How many at most, as a batch of the kernel may hold.</param>
    /// <returns>How many bytes were written in segments of which size; zero bytes when there is nothing to send.</returns>
    public TransmitResult Transmit(Instant now, Span<byte> buffer, int maxSegments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSegments, 1);
        _observation?.Begin(now);
        TransmitResult result = TransmitNext(now, buffer, maxSegments);
        if (_awaitsUnsentLow && IsUnsentLow)
        {
            // Once for each time there was too much: a writer that is woken writes again.
            _awaitsUnsentLow = false;
            _handler.OnUnsentLow();
        }

        _observation?.Settle();
        return result;
    }

    /// <summary>Lets the timers that have come due do their work.</summary>
    /// <param name="now">The present moment.</param>
    public void Timeout(Instant now)
    {
        _observation?.Begin(now);
        RunTimers(now);
        _observation?.Settle();
    }

    /// <summary>
    /// What <see cref="Transmit"/> has just written could not be sent for a reason of this machine's own, such as an interface that is down:
    /// nothing is known of the path by that, and the next attempt does not wait as if it had been lost there.
    /// </summary>
    /// <param name="now">The present moment.</param>
    public void OnNotSent(Instant now) => _sender.OnNotSent(now);

    private TransmitResult TransmitNext(Instant now, Span<byte> buffer, int maxSegments)
    {
        if (_replies.TryDequeue(out SegmentHeader reply))
        {
            _observation?.OnSent(reply, SegmentPurpose.Control, default);
            return Single(buffer, reply);
        }

        if (State == ConnectionState.Closed)
        {
            return default;
        }

        if (_arrival.ReportsHandshake && _receiver.Policy.Owed > 0)
        {
            return TransmitBare(now, buffer);
        }

        (int written, int segmentSize, bool waits) = (0, 0, false);
        EcnCodepoint ecn = default;
        for (int count = 0; count < maxSegments; count++)
        {
            if (State == ConnectionState.TimeWait || !_sender.TryPlan(now, out SegmentPlan plan)
                || (waits = count == 0 && WaitsForMore(plan, buffer.Length, maxSegments)))
            {
                break;
            }

            SegmentHeader header = HeaderOf(now, plan, out bool reportsAll);
            int size = SegmentWriter.SizeOf(header.Options) + plan.Length;

            // One batch is one size and one ECN field: a larger segment begins the next, a smaller one ends this.
            EcnCodepoint own = EcnOf(plan);
            if (written + size > buffer.Length || (count > 0 && (size > segmentSize || own != ecn)))
            {
                break;
            }

            (segmentSize, ecn) = count == 0 ? (size, own) : (segmentSize, ecn);
            WriteSegment(buffer.Slice(written, size), header, plan);
            _observation?.OnSent(header, plan.Purpose, new Transmission(_sender.NextTransmission, _sender.TransmissionsOf(plan) + 1, plan.Start, plan.End, plan.Length));
            _sender.Commit(now, plan, header.Options.Timestamps?.Value);
            AfterSending(now, plan);
            if (reportsAll)
            {
                OnAcknowledgmentSent(header);
            }

            written += size;
            if (size < segmentSize)
            {
                break;
            }

            int run = WriteRun(now, buffer[written..], maxSegments - count - 1, header, plan, ecn);
            count += run;
            written += run * size;
        }

        if (written > 0)
        {
            return new TransmitResult(written, segmentSize) { Ecn = ecn };
        }

        if (State != ConnectionState.TimeWait)
        {
            _sender.OnNothingToSend(now, waits);
        }

        return TransmitBare(now, buffer);
    }

    private void RunTimers(Instant now)
    {
        if (Expires(ConnectionTimer.Linger, now))
        {
            // TIME-WAIT is over, or an orphan waited long enough for the peer's FIN, which is no loss.
            if (State is ConnectionState.TimeWait or ConnectionState.FinWait2)
            {
                End(Events.CloseReason.Finished);
                return;
            }

            // Or for a peer that answers and takes nothing. One that does not answer is given up by the count of retransmissions.
            if (_sender.Window == 0)
            {
                Abort(Events.CloseReason.TimedOut);
                return;
            }

            StartOrphanTimeout(now);
        }

        if (Expires(ConnectionTimer.UserTimeout, now))
        {
            Abort(Events.CloseReason.TimedOut);
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
            if (++_arrival.Acknowledgments.UnansweredWindowProbes > _options.MaxRetransmissions)
            {
                Abort(Events.CloseReason.TimedOut);
                return;
            }
        }

        if (Expires(ConnectionTimer.Retransmission, now))
        {
            int limit = HasBeenEstablished ? _options.MaxRetransmissions : _options.MaxSynRetransmissions;
            if (_sender.OnRetransmissionTimer(now) > limit)
            {
                Abort(Events.CloseReason.TimedOut);
                return;
            }
        }

        if (Expires(ConnectionTimer.KeepAlive, now))
        {
            OnKeepAliveTimer(now);
        }
    }

    private bool Expires(ConnectionTimer timer, Instant now)
    {
        bool expired = _timers.TryExpire(timer, now);
        if (expired)
        {
            _observation?.OnExpired(timer);
        }

        return expired;
    }

    private TransmitResult TransmitBare(Instant now, Span<byte> buffer)
    {
        if (_keepAlive.IsProbeDue)
        {
            // RFC 9293, 3.8.4: a number before the window, which the peer has to answer.
            _keepAlive.ClearProbe();
            SegmentHeader probe = BareAcknowledgment(now) with { Sequence = _sender.Wrap(_sender.Next - 1) };
            _observation?.OnKeepAliveSent(probe);
            return Single(buffer, probe);
        }

        if (_receiver.Policy.Owed == 0)
        {
            return default;
        }

        SegmentHeader header = BareAcknowledgment(now);
        OnAcknowledgmentSent(header);
        _observation?.OnSent(header, SegmentPurpose.Control, default);
        return Single(buffer, header);
    }

    private void OnAcknowledgmentSent(in SegmentHeader header)
    {
        _receiver.Policy.OnSent();
        _marks.OnSent(header.Options.AccurateEcn);
        if (header.Options.Sack.Count > 0)
        {
            _receiver.OnReported();
        }
    }

    private TransmitResult Single(Span<byte> buffer, in SegmentHeader header)
    {
        int size = SegmentWriter.SizeOf(header.Options);
        WriteSegment(buffer[..size], header, default);
        return new TransmitResult(size, size);
    }

    private void WriteSegment(Span<byte> segment, in SegmentHeader header, in SegmentPlan plan)
    {
        Statistics.SegmentsSent++;
        if (plan.Length > 0)
        {
            _sender.Buffer.CopyTo(plan.Start, segment[^plan.Length..]);
        }

        SegmentWriter.Write(segment, header);
    }

    private SegmentHeader BareAcknowledgment(Instant now)
    {
        ushort window = _receiver.AdvertiseWindow(isSyn: false);
        SegmentFlags bits = _arrival.ReportsHandshake ? _ecn.HandshakeFlags : _marks.Flags;
        var options = new SegmentOptions
        {
            Timestamps = TimestampsAt(now),
            Sack = _sender.Sack ? _receiver.SackBlocks(MaxSackBlocks) : default,
        };
        if (_marks.Feedback == EcnFeedback.Accurate)
        {
            options = WithMarks(options, SegmentHeader.MaxSize, _arrival.ReportsHandshake);
        }

        _arrival.ReportsHandshake = false;
        return new SegmentHeader
        {
            SourcePort = _identity.LocalPort,
            DestinationPort = _identity.RemotePort,
            Sequence = _sender.Wrap(_sender.AcceptableNext),
            Acknowledgment = _receiver.Acknowledgment,
            Flags = SegmentFlags.Ack | bits,
            Window = window,
            Options = options,
        };
    }

    // RFC 9768, 3.2.3.3: marks go before a third and fourth SACK block, and two SACK blocks before marks.
    private SegmentOptions WithMarks(in SegmentOptions options, int maxSize, bool isHandshake)
    {
        const int GuaranteedBlocks = 2;
        for (int blocks = options.Sack.Count; blocks >= Math.Min(GuaranteedBlocks, options.Sack.Count); blocks--)
        {
            SackBlocks kept = options.Sack;
            kept.Truncate(blocks);
            SegmentOptions shortened = options with { Sack = kept };
            if (_marks.OptionFor(maxSize - SegmentWriter.SizeOf(shortened), isHandshake) is { } counters)
            {
                return shortened with { AccurateEcn = counters };
            }
        }

        return options;
    }

    // 40 bytes of options hold four blocks, three beside timestamps (RFC 2018, 3).
    private int MaxSackBlocks => _handshake.Timestamps ? SackBlocks.Capacity - 1 : SackBlocks.Capacity;

    private SegmentHeader HeaderOf(Instant now, in SegmentPlan plan, out bool reportsAll)
    {
        reportsAll = true;
        if (plan.IsSyn)
        {
            return SynHeader(now, isFirst: _sender.TransmissionsOf(plan) == 0);
        }

        // SACK blocks ride along where the segment has room; where it has not, the acknowledgment owed stays owed.
        var options = new SegmentOptions { Timestamps = TimestampsAt(now) };
        if (_sender.Sack && _receiver.Policy.Owed > 0 && _receiver.HasBlocks)
        {
            int room = (_sender.SegmentSize - plan.Length - (_handshake.Timestamps ? Handshake.TimestampOptionBytes : 0) - 4) / 8;
            reportsAll = room >= MaxSackBlocks;
            if (reportsAll)
            {
                options = options with { Sack = _receiver.SackBlocks(MaxSackBlocks) };
            }
        }

        bool isNewData = plan is { Index: < 0, Length: > 0 };
        if (isNewData && _marks.Feedback == EcnFeedback.Accurate)
        {
            // RFC 9768, 3.2.3.2.1: the first data of a client tests the path once more. What finds no room stays to be told.
            int maxSize = Math.Min(SegmentHeader.MaxSize, SegmentHeader.MinSize + _sender.SegmentSize - plan.Length);
            options = WithMarks(options, maxSize, isHandshake: plan.Start == 1 && !_passive);
            reportsAll &= options.AccurateEcn is not null || !_marks.HasNews;
        }

        SegmentFlags flags = SegmentFlags.Ack | _marks.Flags;
        if (isNewData && _sender.Ecn.ReductionDue)
        {
            flags |= SegmentFlags.Cwr;
            _sender.Ecn.OnSentNew();
        }

        flags |= plan.IsFin ? SegmentFlags.Fin : 0;
        flags |= plan.IsPush ? SegmentFlags.Psh : 0;
        return new SegmentHeader
        {
            SourcePort = _identity.LocalPort,
            DestinationPort = _identity.RemotePort,
            Sequence = _sender.Wrap(plan.Start),
            Acknowledgment = _receiver.Acknowledgment,
            Flags = flags,
            Window = _receiver.AdvertiseWindow(isSyn: false),
            Options = options,
        };
    }

    private SegmentHeader SynHeader(Instant now, bool isFirst)
    {
        // In a SYN everything we can do is offered; in a SYN_ACK only what the peer offered too (RFC 7323, 1.3).
        bool answer = State != ConnectionState.SynSent;
        int timeouts = _sender.RoundTrip.Backoff;
        SegmentOptions options = _handshake.OptionsOf(answer, _sender.Sack, TimestampsAt(now));
        if (answer && isFirst)
        {
            // RFC 9768, 3.2.3.2: the SYN_ACK tests whether the path lets the option through; one that is sent again does without.
            // So many bytes more than came are the only ones that a peer gets who may not be there.
            options = WithMarks(options, SegmentHeader.MaxSize, isHandshake: true);
        }

        return new SegmentHeader
        {
            SourcePort = _identity.LocalPort,
            DestinationPort = _identity.RemotePort,
            Sequence = _sender.Wrap(0),
            Acknowledgment = answer ? _receiver.Acknowledgment : default,
            Flags = answer ? SegmentFlags.Syn | SegmentFlags.Ack | _ecn.FlagsOfSynAck(timeouts) : SegmentFlags.Syn | _ecn.FlagsOfSyn(timeouts),
            Window = _receiver.AdvertiseWindow(isSyn: true),
            Options = options,
        };
    }

    // RFC 3168, 6.1.1 and 6.1.4 to 6.1.6: neither a SYN nor what is sent again nor a probe nor a bare acknowledgment may be marked.
    private EcnCodepoint EcnOf(in SegmentPlan plan) =>
        plan is { Index: < 0, Length: > 0, IsSyn: false, IsWindowProbe: false } && _ecn.MaySendEct ? EcnCodepoint.Ect0 : EcnCodepoint.NotEct;

    private SegmentTimestamps? TimestampsAt(Instant now) =>
        _handshake.Timestamps ? new SegmentTimestamps(TimestampAt(now), _receiver.RecentTimestamp) : null;

    // RFC 7323, 5.4: a clock of 1 ms, starting where nobody can guess.
    internal uint TimestampAt(Instant now) =>
        unchecked(_identity.TimestampOffset + (uint)(now.Ticks / TimeSpan.TicksPerMillisecond));

    private void AfterSending(Instant now, in SegmentPlan plan)
    {
        if (plan.Index < 0 && !_timers.IsSet(ConnectionTimer.UserTimeout))
        {
            StartUserTimeout(now);
        }
    }

    internal void RestartUserTimeout(Instant now)
    {
        _timers.Stop(ConnectionTimer.UserTimeout);
        if (_sender.HasUnacknowledged)
        {
            StartUserTimeout(now);
        }
    }

    private void OnKeepAliveTimer(Instant now)
    {
        switch (_keepAlive.OnTimer(now, _sender.HasUnacknowledged, _sender.RoundTrip.Timeout))
        {
            case KeepAlive.Outcome.Probe:
                _sender.Trim();
                break;
            case KeepAlive.Outcome.GiveUp:
                Abort(Events.CloseReason.TimedOut);
                break;
            default:
                break;
        }
    }
}
