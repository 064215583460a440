using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>The ACK field (RFC 9293, 3.10.7.4, fifth): what it acknowledges, the window it brings, the states it moves.</summary>
internal sealed class AcknowledgmentArrives(Connection connection, ConnectionParts parts, SegmentArrives arrival)
{
    private readonly Connection _connection = connection;
    private readonly SegmentArrives _arrival = arrival;
    private readonly Sender _sender = parts.Sender;
    private readonly SendStream _stream = parts.Sender.Stream;
    private readonly NegotiatedOptions _negotiated = parts.Negotiated;
    private readonly TimestampClock _clock = parts.Clock;
    private readonly EcnNegotiation _ecn = parts.Ecn;

    // SND.WL1 and SND.WL2 as stream offsets.
    private (long Sequence, long Acknowledged) _lastWindowUpdate;

    /// <summary>Window probes that went since anything was last heard of the peer.</summary>
    public int UnansweredWindowProbes { get; set; }

    /// <summary>Notes which segment brought the latest window.</summary>
    public void NoteWindow(long offset, long acknowledged) => _lastWindowUpdate = (offset, acknowledged);

    /// <summary>Takes the ACK field of an acceptable segment.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="offset">Stream offset of its first sequence number.</param>
    /// <param name="acknowledged">Stream offset that it acknowledges.</param>
    /// <returns>Whether the rest of the segment is looked at.</returns>
    public bool Receive(Instant now, in Segment segment, long offset, long acknowledged)
    {
        if (_connection.State == ConnectionState.SynReceived)
        {
            if (acknowledged <= _stream.Unacknowledged || acknowledged > _stream.Next)
            {
                _connection.Teardown.Reject(segment.Header.Acknowledgment);
                return false;
            }

            _lastWindowUpdate = (offset, acknowledged);
            if (segment.SequenceLength == 0 && segment.Header.Options.Sack.Count == 0)
            {
                // RFC 9768, 3.2.2.1: only a pure ACK uses the handshake's encoding.
                _ecn.OnHandshakeEnd(segment.Header.Flags);
                _sender.Ecn.OnHandshakeEnd(segment.Header.Flags);
            }

            _sender.Ecn.OnHandshakeOption(segment.Header.Options.AccurateEcn);
            Process(now, segment, acknowledged, isSyn: segment.Header.Has(SegmentFlags.Syn));
            _arrival.AnswerMarkedHandshake();
            _arrival.Establish(now);
            AfterAcknowledgment(now);
            return true;
        }

        // RFC 5961, 5: beyond what was sent, or older than any window could explain.
        if (acknowledged > _stream.Next || acknowledged < _stream.Unacknowledged - Math.Max(_stream.MaxWindow, 1))
        {
            _arrival.Challenge(now);
            return false;
        }

        if (_connection.State == ConnectionState.TimeWait)
        {
            return true;
        }

        bool newer = offset > _lastWindowUpdate.Sequence
            || (offset == _lastWindowUpdate.Sequence && acknowledged >= _lastWindowUpdate.Acknowledged);
        bool takesWindow = acknowledged >= _stream.Unacknowledged && newer;
        if (takesWindow)
        {
            // SND.WL1 and SND.WL2: an old segment must not bring back an old window.
            _lastWindowUpdate = (offset, acknowledged);
        }

        Process(now, segment, acknowledged, isSyn: false, takesWindow);
        AfterAcknowledgment(now);
        return _connection.State != ConnectionState.Closed;
    }

    /// <summary>Processes what an acceptable ACK acknowledges, and the window it brings.</summary>
    public void Process(Instant now, in Segment segment, long acknowledged, bool isSyn, bool takesWindow = true)
    {
        UnansweredWindowProbes = 0;
        long window = isSyn ? segment.Header.Window : (long)segment.Header.Window << _stream.WindowShift;
        bool changed = takesWindow && window != _stream.Window;
        if (takesWindow)
        {
            _sender.UpdateWindow(window);
        }

        if (_sender.Acknowledge(now, acknowledged, segment, changed, EchoAge(now, segment.Header)))
        {
            long released = _sender.Buffer.Release(_stream.Unacknowledged);
            if (released > 0)
            {
                _connection.ChargeUnacknowledged();
                _connection.Statistics.BytesAcknowledged += released;
                _connection.Handler.OnAcknowledged(released);
            }

            _connection.RestartUserTimeout(now);
            _connection.Teardown.StartOrphanTimeout(now);
        }
        else if (_stream.Window == 0)
        {
            // A peer that answers is alive, however long it has no room.
            _connection.RestartUserTimeout(now);
        }
    }

    private TimeSpan? EchoAge(Instant now, in SegmentHeader header) =>
        _negotiated.Timestamps && header.Options.Timestamps is { Echo: not 0 } timestamps ? _clock.AgeOf(now, timestamps.Echo) : null;

    private void AfterAcknowledgment(Instant now)
    {
        if (!_stream.FinAcknowledged)
        {
            return;
        }

        switch (_connection.State)
        {
            case ConnectionState.FinWait1:
                _connection.State = ConnectionState.FinWait2;
                break;
            case ConnectionState.Closing:
                _connection.TimeWait.Start(now);
                break;
            case ConnectionState.LastAck:
                _connection.Teardown.End(CloseReason.Finished);
                break;
            default:
                break;
        }
    }
}
