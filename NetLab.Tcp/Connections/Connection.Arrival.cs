using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <content>SEGMENT ARRIVES (RFC 9293, 3.10.7), in the order of the RFC's checks.</content>
public sealed partial class Connection
{
    // SND.WL1 and SND.WL2 as stream offsets.
    private (long Sequence, long Acknowledged) _lastWindowUpdate;

    /// <summary>Takes a segment of this connection.</summary>
    /// <param name="now">When the socket received it: round trips are measured by it.</param>
    /// <param name="segment">The segment, its checksum checked.</param>
    public void Receive(Instant now, in Segment segment)
    {
        Statistics.SegmentsReceived++;
        long next = _receiver.Next;
        if (_observation is not null)
        {
            _observation.Begin(now);
            _observation.OnReceived(segment, State == ConnectionState.SynSent ? 0 : _receiver.Unwrap(segment.Header.Sequence));
        }

        switch (State)
        {
            case ConnectionState.Closed:
                break;
            case ConnectionState.SynSent:
                ReceiveInSynSent(now, segment);
                break;
            default:
                ReceiveSynchronized(now, segment);
                break;
        }

        _hasAdvanced = _receiver.Next > next;
        _observation?.Settle();
    }

    private void ReceiveInSynSent(Instant now, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        bool hasAck = header.Has(SegmentFlags.Ack);
        long acknowledged = _sender.Unwrap(header.Acknowledgment);
        if (hasAck && (acknowledged <= 0 || acknowledged > _sender.Next))
        {
            // First: an ACK of something never sent belongs to another life of these ports.
            if (!header.Has(SegmentFlags.Rst))
            {
                Reply(SegmentFlags.Rst, header.Acknowledgment, default);
            }

            return;
        }

        if (header.Has(SegmentFlags.Rst))
        {
            // Second: only a RST that proves it saw our SYN is believed.
            if (hasAck)
            {
                End(Connections.CloseReason.Refused);
            }

            return;
        }

        if (!header.Has(SegmentFlags.Syn))
        {
            return;
        }

        // Fourth: the peer's SYN.
        TakeSyn(now, segment);
        if (hasAck)
        {
            TakeAcknowledgment(now, segment, acknowledged, isSyn: true);
            AnswerMarkedHandshake();
            Establish(now);
            TakeText(now, segment);
            _receiver.Policy.OweOne();
        }
        else
        {
            // Simultaneous open (RFC 9293, 3.5, figure 7): our SYN goes again, with an ACK of theirs.
            State = ConnectionState.SynReceived;
            _sender.AnswerSyn();
            TakeText(now, segment);
        }
    }

    private void ReceiveSynchronized(Instant now, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        long offset = _receiver.Unwrap(header.Sequence);
        if (State == ConnectionState.SynReceived && header.Has(SegmentFlags.Syn) && !header.Has(SegmentFlags.Rst) && offset == 0)
        {
            if (!header.Has(SegmentFlags.Ack))
            {
                if (!_ecn.OnSyn(header.Flags, segment.Ecn))
                {
                    // RFC 9768, 3.1.5: two SYNs that ask for different feedback.
                    Abort(Connections.CloseReason.Aborted);
                    return;
                }

                // The SYN that made us, again: our answer was lost, and goes again as it was.
                _sender.RepeatSyn();
                return;
            }

            if (!_passive)
            {
                // The other side of a simultaneous open: the SYN is known, what stands behind it is looked at.
                offset = 1;
                header = header with { Flags = header.Flags & ~SegmentFlags.Syn };
            }
        }

        if (State >= ConnectionState.Established && !_passive && offset == 0 && _marks.Feedback == EcnFeedback.Accurate
            && header.Has(SegmentFlags.Syn | SegmentFlags.Ack) && !header.Has(SegmentFlags.Rst) && AceField.ValueOf(header.Flags) is not (0b000 or 0b001 or 0b111))
        {
            // RFC 9768, 3.2.2.1: our ACK of the SYN_ACK was lost; the one that answers this copy says what the copy arrived as.
            _ecn.OnSynAckAgain(segment.Ecn);
            _marks.OnSynAck(segment.Ecn);
            _reportsHandshake = MayChallenge(now);
        }

        // A FIN without text needs no room, so it is taken even when there is none.
        int fin = header.Has(SegmentFlags.Fin) && segment.Payload.Length > 0 ? 1 : 0;
        int length = segment.Payload.Length + (header.Has(SegmentFlags.Syn) ? 1 : 0) + fin;

        // PAWS (RFC 7323, 5.3, R1): an old timestamp is answered like a number outside the window; a RST has none to check.
        bool isOld = _timestamps && !header.Has(SegmentFlags.Rst) && header.Options.Timestamps is { } timestamps
            && _receiver.IsOldTimestamp(timestamps.Value, now);
        if (header.Has(SegmentFlags.Rst))
        {
            // RFC 5961, 3: only its number counts, also where a window of zero would take no text.
            if (_receiver.IsInWindow(offset))
            {
                ReceiveReset(now, offset);
            }

            return;
        }

        if (isOld || !_receiver.IsAcceptable(offset, length))
        {
            ReceiveUnacceptable(now, segment, header, offset, isOld);
            return;
        }

        if (header.Has(SegmentFlags.Syn))
        {
            // RFC 5961, 4: never believed, always challenged. A half-open passive connection goes back to LISTEN.
            if (State == ConnectionState.SynReceived && _passive)
            {
                End(Connections.CloseReason.Cancelled);
            }
            else
            {
                Challenge(now);
            }

            return;
        }

        if (!header.Has(SegmentFlags.Ack))
        {
            return;
        }

        long acknowledged = _sender.Unwrap(header.Acknowledgment);
        if (!ReceiveAcknowledgment(now, segment, offset, acknowledged))
        {
            return;
        }

        bool isMarked = _ecn.Feedback != EcnFeedback.None && segment.Ecn == EcnCodepoint.Ce;
        Statistics.MarksReceived += isMarked ? 1 : 0;
        if (_marks.OnReceived(header.Flags, segment.Ecn, segment.Payload.Length))
        {
            // The sooner the sender knows, the shorter the queue (RFC 9768, 3.2.2.5.1).
            _receiver.Policy.OweOne();
        }

        if (header.Options.Timestamps is { } stamp && _timestamps)
        {
            _receiver.NoteTimestamp(stamp.Value, offset, now);
        }

        ReceiveText(now, segment, offset);
    }

    private void ReceiveUnacceptable(Instant now, in Segment segment, in SegmentHeader header, long offset, bool isOldTimestamp)
    {
        bool hasText = segment.Payload.Length > 0 || header.Has(SegmentFlags.Fin);
        if (State == ConnectionState.TimeWait && offset < _receiver.Next && hasText)
        {
            // The peer did not get our last ACK: it is sent again and waited out again (RFC 9293, 3.10.7.4, eighth).
            StartTimeWait(now);
        }

        // Only close behind, and with an acknowledgment that could be: a blind guess must move nothing.
        long acknowledged = _sender.Unwrap(header.Acknowledgment);
        bool isClose = !isOldTimestamp && header.Has(SegmentFlags.Ack) && offset <= _receiver.Next && offset >= _receiver.Next - _options.ReceiveBufferSize
            && acknowledged <= _sender.Next && acknowledged >= _sender.Unacknowledged - Math.Max(_sender.MaxWindow, 1);
        if (isClose && hasText && _timestamps && header.Options.Timestamps is { } timestamps)
        {
            _receiver.NoteRepeatedTimestamp(timestamps.Value, now);
        }

        // Old data and FINs are always acknowledged again, or a peer whose ACKs were lost would send them for ever;
        // so is whatever asks for the window of a peer that has none. Anything else might be a game of echoes.
        bool isOld = offset < _receiver.Next && hasText && !header.Has(SegmentFlags.Syn);
        bool isProbe = offset == _receiver.Next && segment.Payload.Length > 0 && !header.Has(SegmentFlags.Syn);
        if (isOld || isProbe || State == ConnectionState.SynReceived)
        {
            _receiver.Refuse(offset, segment.Payload.Length);
        }
        else
        {
            // A keep-alive too: one an interval is answered, two peers that take each other's answers for questions stop.
            Challenge(now);
        }

        // RFC 9293, 3.10.7.4: acknowledgments are taken also where text is not: at a window of zero, and behind it, where
        // a peer stands that cannot know that its window probe was taken.
        if (isClose && State >= ConnectionState.Established && State != ConnectionState.TimeWait && acknowledged >= _sender.Unacknowledged)
        {
            ReceiveAcknowledgment(now, segment, offset, acknowledged);
        }
    }

    private void ReceiveReset(Instant now, long offset)
    {
        if (State == ConnectionState.TimeWait)
        {
            // RFC 1337, 3: a RST must not cut TIME-WAIT short.
            return;
        }

        if (offset != _receiver.Next)
        {
            // RFC 5961, 3: in the window but not exactly next could be a guess.
            Challenge(now);
            return;
        }

        bool refused = State == ConnectionState.SynReceived && !_passive;
        bool done = State is ConnectionState.Closing or ConnectionState.LastAck && _sender.OnlyFinUnacknowledged;
        End(refused ? Connections.CloseReason.Refused : done ? Connections.CloseReason.Finished : Connections.CloseReason.Reset);
    }

    private void ReceiveText(Instant now, in Segment segment, long offset)
    {
        bool fin = segment.Header.Has(SegmentFlags.Fin);
        if (segment.Payload.Length == 0 && !fin)
        {
            RestartKeepAlive(now);
            return;
        }

        if (_closedByApplication && segment.Payload.Length > 0 && offset + segment.Payload.Length > _receiver.Next && CanReceive)
        {
            // Nobody will ever read this (RFC 9293, 3.6.1; RFC 1122, 4.2.2.13).
            Abort(Connections.CloseReason.Aborted);
            return;
        }

        RestartKeepAlive(now);
        if (!CanReceive)
        {
            // After the peer's FIN there is no text; a FIN again wants its ACK again.
            _receiver.Refuse(offset, segment.Payload.Length);
            if (State == ConnectionState.TimeWait && fin)
            {
                StartTimeWait(now);
            }

            return;
        }

        long before = _receiver.Next;
        _receiver.Receive(now, offset, segment.Payload, fin);
        Statistics.BytesReceived += _receiver.Next - before - (_receiver.IsFinished ? 1 : 0);
        AfterFin(now);
    }

    // What stands behind a SYN: kept, and delivered once the handshake is done.
    private void TakeText(Instant now, in Segment segment)
    {
        bool fin = segment.Header.Has(SegmentFlags.Fin);
        if (segment.Payload.Length > 0 || fin)
        {
            _receiver.Receive(now, 1, segment.Payload, fin);
            AfterFin(now);
        }
    }

    private void AfterFin(Instant now)
    {
        if (!_receiver.IsFinished)
        {
            return;
        }

        switch (State)
        {
            case ConnectionState.Established:
                State = ConnectionState.CloseWait;
                break;
            case ConnectionState.FinWait1:
                // Our FIN is not acknowledged, or the state would be FIN-WAIT-2 by now: both closed at once.
                State = ConnectionState.Closing;
                break;
            case ConnectionState.FinWait2:
                StartTimeWait(now);
                break;
            default:
                break;
        }
    }

    private void TakeSyn(Instant now, in Segment syn)
    {
        SegmentOptions options = syn.Header.Options;
        _receiver.Synchronize(syn.Header.Sequence);
        if (syn.Header.Has(SegmentFlags.Ack))
        {
            _ecn.OnSynAck(syn.Header.Flags, syn.Ecn);
            _marks.Begin(_ecn.Feedback);
            _marks.OnSynAck(syn.Ecn);
            _sender.Ecn.OnHandshakeOption(options.AccurateEcn);
            _reportsHandshake = _ecn.Feedback == EcnFeedback.Accurate;
        }
        else
        {
            _ecn.OnSyn(syn.Header.Flags, syn.Ecn);
            _marks.Begin(_ecn.Feedback);
        }

        _sender.Sack = _options.Sack && options.SackPermitted;
        if (_options.WindowScaling && options.WindowScale is { } shift)
        {
            // RFC 7323, 2.3: a shift above 14 is taken as 14.
            _sender.WindowShift = Math.Min(shift, 14);
            _receiver.WindowShift = Receiving.Receiver.ShiftFor(_options);
        }

        _timestamps = _options.Timestamps && options.Timestamps is not null;
        _scales = _options.WindowScaling && options.WindowScale is not null;
        if (_timestamps)
        {
            _sender.FixedOptionBytes = TimestampOptionBytes;
            _receiver.StartTimestamps(options.Timestamps!.Value.Value, now);
        }

        _sender.NegotiateSegmentSize(options.MaxSegmentSize);
        _sender.UpdateWindow(syn.Header.Window);
        _lastWindowUpdate = (0, 0);
    }

    private void Establish(Instant now)
    {
        State = _sender.FinQueued ? ConnectionState.FinWait1 : ConnectionState.Established;
        _established = true;
        _handler.OnEstablished();
        _receiver.StartDelivering();
        Statistics.BytesReceived += _receiver.Next - 1 - (_receiver.IsFinished ? 1 : 0);
        if (_receiver.Next > 1)
        {
            // What came with the SYN is acknowledged now that it counts; the SYN_ACK did not.
            _receiver.Policy.OweOne();
        }

        RestartKeepAlive(now);
        AfterFin(now);
    }

    // RFC 9768, 3.2.2.2: a mark on the first segment says that there is no room for an initial window.
    private void AnswerMarkedHandshake()
    {
        if (_ecn.HandshakeWasMarked)
        {
            Statistics.MarksReported++;
            _sender.Congestion.OnLostSyn();
        }
    }

    private bool MayChallenge(Instant now) => !(_lastChallenge is { } last && now - last < _options.ChallengeInterval);

    private void Challenge(Instant now)
    {
        if (!MayChallenge(now))
        {
            return;
        }

        _lastChallenge = now;
        Statistics.ChallengeAcknowledgments++;
        _receiver.Policy.OweOne();
    }

    private void StartTimeWait(Instant now)
    {
        End(Connections.CloseReason.Finished, ConnectionState.TimeWait);
        _timers.Set(ConnectionTimer.Linger, now + (2 * _options.MaxSegmentLifetime));
    }
}
