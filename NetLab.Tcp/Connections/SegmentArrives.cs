using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>SEGMENT ARRIVES (RFC 9293, 3.10.7), in the order of the RFC's checks.</summary>
internal sealed class SegmentArrives
{
    private readonly Connection _connection;
    private readonly ConnectionOptions _options;
    private readonly Sender _sender;
    private readonly SendStream _stream;
    private readonly Receiver _receiver;
    private readonly NegotiatedOptions _negotiated;
    private readonly Handshake _handshake;
    private readonly EcnNegotiation _ecn;
    private readonly EcnDataReceiver _marks;
    private readonly KeepAlive _keepAlive;
    private readonly ChallengeLimit _challenges;
    private readonly AcknowledgmentArrives _acknowledgments;

    /// <summary>Sets it up for a connection.</summary>
    public SegmentArrives(Connection connection, ConnectionOptions options, ConnectionParts parts)
    {
        _connection = connection;
        _options = options;
        (_sender, _stream, _receiver, _negotiated) = (parts.Sender, parts.Sender.Stream, parts.Receiver, parts.Negotiated);
        (_ecn, _marks, _keepAlive) = (parts.Ecn, parts.Marks, parts.KeepAlive);
        _handshake = new Handshake(options, parts.Negotiated);
        _challenges = new ChallengeLimit(options.ChallengeInterval);
        _acknowledgments = new AcknowledgmentArrives(connection, parts, this);
    }

    /// <summary>What the ACK field says.</summary>
    public AcknowledgmentArrives Acknowledgments => _acknowledgments;

    /// <summary>A segment in SYN-SENT (3.10.7.3).</summary>
    public void ReceiveInSynSent(Instant now, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        bool hasAck = header.Has(SegmentFlags.Ack);
        long acknowledged = _stream.Unwrap(header.Acknowledgment);
        if (hasAck && (acknowledged <= 0 || acknowledged > _stream.Next))
        {
            // First: an ACK of something never sent belongs to another life of these ports.
            if (!header.Has(SegmentFlags.Rst))
            {
                _connection.Teardown.Reject(header.Acknowledgment);
            }

            return;
        }

        if (header.Has(SegmentFlags.Rst))
        {
            // Second: only a RST that proves it saw our SYN is believed.
            if (hasAck)
            {
                _connection.Teardown.End(CloseReason.Refused);
            }

            return;
        }

        if (!header.Has(SegmentFlags.Syn))
        {
            return;
        }

        // Fourth: the peer's SYN.
        ProcessSyn(now, segment);
        if (hasAck)
        {
            _acknowledgments.Process(now, segment, acknowledged, isSyn: true);
            AnswerMarkedHandshake();
            Establish(now);
            ProcessPayload(now, segment);
            _receiver.Policy.OweOne();
        }
        else
        {
            // Simultaneous open (RFC 9293, 3.5, figure 7): our SYN goes again, with an ACK of theirs.
            _connection.State = ConnectionState.SynReceived;
            _sender.AnswerSyn();
            ProcessPayload(now, segment);
        }
    }

    /// <summary>A segment in any state after that (3.10.7.4).</summary>
    public void ReceiveSynchronized(Instant now, in Segment segment)
    {
        // RFC 5681, 4.2: no more than one ACK for an incoming segment, however much of it wants an answer.
        int owed = _receiver.Policy.Owed;
        ProcessSynchronized(now, segment);
        _receiver.Policy.LimitTo(owed + 1);
    }

    private void ProcessSynchronized(Instant now, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        long offset = _receiver.Unwrap(header.Sequence);
        if (_connection.State == ConnectionState.SynReceived && header.Has(SegmentFlags.Syn) && !header.Has(SegmentFlags.Rst) && offset == 0)
        {
            if (!header.Has(SegmentFlags.Ack))
            {
                if (!_ecn.OnSyn(header.Flags, segment.Ecn))
                {
                    // RFC 9768, 3.1.5: two SYNs that ask for different feedback.
                    _connection.Teardown.Abort(CloseReason.Aborted);
                    return;
                }

                // The SYN that made us, again: our answer was lost, and goes again as it was.
                _sender.RepeatSyn();
                return;
            }

            if (!_connection.IsPassive)
            {
                // The other side of a simultaneous open: the SYN is known, what stands behind it is looked at.
                offset = 1;
                header = header with { Flags = header.Flags & ~SegmentFlags.Syn };
            }
        }

        if (_connection.State >= ConnectionState.Established && !_connection.IsPassive && offset == 0 && _marks.Feedback == EcnFeedback.Accurate
            && header.Has(SegmentFlags.Syn | SegmentFlags.Ack) && !header.Has(SegmentFlags.Rst) && AceField.ValueOf(header.Flags) is not (0b000 or 0b001 or 0b111))
        {
            // RFC 9768, 3.2.2.1: our ACK of the SYN_ACK was lost; the one that answers this copy says what the copy arrived as.
            _ecn.OnSynAckAgain(segment.Ecn);
            _marks.OnSynAck(segment.Ecn);
            _ecn.HandshakeReportDue = _challenges.Allows(now);
        }

        // A FIN without text needs no room, so it is taken even when there is none.
        int fin = header.Has(SegmentFlags.Fin) && segment.Payload.Length > 0 ? 1 : 0;
        int length = segment.Payload.Length + (header.Has(SegmentFlags.Syn) ? 1 : 0) + fin;

        // PAWS (RFC 7323, 5.3, R1): an old timestamp is answered like a number outside the window; a RST has none to check.
        bool isOld = _negotiated.Timestamps && !header.Has(SegmentFlags.Rst) && header.Options.Timestamps is { } timestamps
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
            if (_connection.State == ConnectionState.SynReceived && _connection.IsPassive)
            {
                _connection.Teardown.End(CloseReason.Cancelled);
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

        long acknowledged = _stream.Unwrap(header.Acknowledgment);
        if (!_acknowledgments.Receive(now, segment, offset, acknowledged))
        {
            return;
        }

        bool isMarked = _ecn.Feedback != EcnFeedback.None && segment.Ecn == EcnCodepoint.Ce;
        _connection.Statistics.MarksReceived += isMarked ? 1 : 0;
        if (_marks.OnReceived(header.Flags, segment.Ecn, segment.Payload.Length))
        {
            // The sooner the sender knows, the shorter the queue (RFC 9768, 3.2.2.5.1).
            _receiver.Policy.OweOne();
        }

        if (header.Options.Timestamps is { } stamp && _negotiated.Timestamps)
        {
            _receiver.NoteTimestamp(stamp.Value, offset, now);
        }

        ReceivePayload(now, segment, offset);
    }

    private void ReceiveUnacceptable(Instant now, in Segment segment, in SegmentHeader header, long offset, bool isOldTimestamp)
    {
        bool hasText = segment.Payload.Length > 0 || header.Has(SegmentFlags.Fin);
        if (_connection.State == ConnectionState.TimeWait && offset < _receiver.Next && hasText)
        {
            // The peer did not get our last ACK: it is sent again and waited out again (RFC 9293, 3.10.7.4, eighth).
            _connection.TimeWait.Start(now);
        }

        // Only close behind, and with an acknowledgment that could be: a blind guess must move nothing.
        long acknowledged = _stream.Unwrap(header.Acknowledgment);
        bool isClose = !isOldTimestamp && header.Has(SegmentFlags.Ack) && offset <= _receiver.Next && offset >= _receiver.Next - _options.ReceiveBufferSize
            && acknowledged <= _stream.Next && acknowledged >= _stream.Unacknowledged - Math.Max(_stream.MaxWindow, 1);
        if (isClose && hasText && _negotiated.Timestamps && header.Options.Timestamps is { } timestamps)
        {
            _receiver.NoteRepeatedTimestamp(timestamps.Value, now);
        }

        // Old data and FINs are always acknowledged again, or a peer whose ACKs were lost would send them for ever;
        // so is whatever asks for the window of a peer that has none. Anything else might be a game of echoes.
        bool isOld = offset < _receiver.Next && hasText && !header.Has(SegmentFlags.Syn);
        bool isProbe = offset == _receiver.Next && segment.Payload.Length > 0 && !header.Has(SegmentFlags.Syn);
        if (isOld || isProbe || _connection.State == ConnectionState.SynReceived)
        {
            _receiver.OnUnacceptable(offset, segment.Payload.Length);
        }
        else
        {
            // A keep-alive too: one an interval is answered, two peers that take each other's answers for questions stop.
            Challenge(now);
        }

        // RFC 9293, 3.10.7.4: acknowledgments are taken also where text is not: at a window of zero, and behind it, where
        // a peer stands that cannot know that its window probe was taken.
        if (isClose && _connection.State >= ConnectionState.Established && _connection.State != ConnectionState.TimeWait && acknowledged >= _stream.Unacknowledged)
        {
            _acknowledgments.Receive(now, segment, offset, acknowledged);
        }
    }

    private void ReceiveReset(Instant now, long offset)
    {
        if (_connection.State == ConnectionState.TimeWait)
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

        bool refused = _connection.State == ConnectionState.SynReceived && !_connection.IsPassive;
        bool done = _connection.State is ConnectionState.Closing or ConnectionState.LastAck && _stream.OnlyFinUnacknowledged;
        _connection.Teardown.End(refused ? CloseReason.Refused : done ? CloseReason.Finished : CloseReason.Reset);
    }

    private void ReceivePayload(Instant now, in Segment segment, long offset)
    {
        bool fin = segment.Header.Has(SegmentFlags.Fin);
        if (segment.Payload.Length == 0 && !fin)
        {
            _keepAlive.OnHeard(now, _connection.State);
            return;
        }

        if (_connection.Teardown.ClosedByApplication && segment.Payload.Length > 0 && offset + segment.Payload.Length > _receiver.Next && _connection.CanReceive)
        {
            // Nobody will ever read this (RFC 9293, 3.6.1): it is answered like what belongs to no connection (3.10.7.1), by a number that the
            // peer waits for, whatever of ours is lost on its way.
            _connection.Teardown.Reject(segment.Header.Acknowledgment);
            _connection.Teardown.End(CloseReason.Aborted);
            return;
        }

        _keepAlive.OnHeard(now, _connection.State);
        if (!_connection.CanReceive)
        {
            // After the peer's FIN there is no text; a FIN again wants its ACK again.
            _receiver.OnUnacceptable(offset, segment.Payload.Length);
            if (_connection.State == ConnectionState.TimeWait && fin)
            {
                _connection.TimeWait.Start(now);
            }

            return;
        }

        long before = _receiver.Next;
        _receiver.Receive(now, offset, segment.Payload, fin);
        _connection.Statistics.BytesReceived += _receiver.Next - before - (_receiver.IsFinished ? 1 : 0);
        AfterFin(now);
    }

    /// <summary>Takes what stands behind a SYN: kept, and delivered once the handshake is done.</summary>
    public void ProcessPayload(Instant now, in Segment segment)
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

        switch (_connection.State)
        {
            case ConnectionState.Established:
                _connection.State = ConnectionState.CloseWait;
                break;
            case ConnectionState.FinWait1:
                // Our FIN is not acknowledged, or the state would be FIN-WAIT-2 by now: both closed at once.
                _connection.State = ConnectionState.Closing;
                break;
            case ConnectionState.FinWait2:
                _connection.TimeWait.Start(now);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes what the peer offers in its SYN or SYN_ACK.</summary>
    public void ProcessSyn(Instant now, in Segment syn)
    {
        if (syn.Header.Has(SegmentFlags.Ack))
        {
            _ecn.OnSynAck(syn.Header.Flags, syn.Ecn);
            _marks.Begin(_ecn.Feedback);
            _marks.OnSynAck(syn.Ecn);
            _sender.Ecn.OnHandshakeOption(syn.Header.Options.AccurateEcn);
            _ecn.HandshakeReportDue = _ecn.Feedback == EcnFeedback.Accurate;
        }
        else
        {
            _ecn.OnSyn(syn.Header.Flags, syn.Ecn);
            _marks.Begin(_ecn.Feedback);
        }

        _handshake.Accept(now, syn.Header, _sender, _receiver);
        _acknowledgments.NoteWindow(0, 0);
    }

    /// <summary>The handshake is done.</summary>
    public void Establish(Instant now)
    {
        _connection.State = _stream.FinQueued ? ConnectionState.FinWait1 : ConnectionState.Established;
        _connection.HasBeenEstablished = true;
        _connection.Handler.OnEstablished();
        _receiver.StartDelivering();
        _connection.Statistics.BytesReceived += _receiver.Next - 1 - (_receiver.IsFinished ? 1 : 0);
        if (_receiver.Next > 1)
        {
            // What came with the SYN is acknowledged now that it counts; the SYN_ACK did not.
            _receiver.Policy.OweOne();
        }

        _keepAlive.OnHeard(now, _connection.State);
        AfterFin(now);
    }

    /// <summary>A mark on the first segment says that there is no room for an initial window (RFC 9768, 3.2.2.2).</summary>
    public void AnswerMarkedHandshake()
    {
        if (_ecn.HandshakeWasMarked)
        {
            _connection.Statistics.MarksReported++;
            _sender.Congestion.OnLostSyn();
        }
    }

    /// <summary>Answers what might be a guess with where we are, once an interval (RFC 5961).</summary>
    public void Challenge(Instant now)
    {
        if (_challenges.TryTake(now))
        {
            _connection.Statistics.ChallengeAcknowledgments++;
            _receiver.Policy.OweOne();
        }
    }
}
