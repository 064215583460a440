using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <content>The ACK field (RFC 9293, 3.10.7.4, fifth): what it acknowledges, the window it brings, the states it moves.</content>
public sealed partial class Connection
{
    private bool ReceiveAcknowledgment(Instant now, in Segment segment, long offset, long acknowledged)
    {
        if (State == ConnectionState.SynReceived)
        {
            if (acknowledged <= _sender.Unacknowledged || acknowledged > _sender.Next)
            {
                Reply(SegmentFlags.Rst, segment.Header.Acknowledgment, default);
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
            TakeAcknowledgment(now, segment, acknowledged, isSyn: segment.Header.Has(SegmentFlags.Syn));
            AnswerMarkedHandshake();
            Establish(now);
            AfterAcknowledgment(now);
            return true;
        }

        // RFC 5961, 5: beyond what was sent, or older than any window could explain.
        if (acknowledged > _sender.Next || acknowledged < _sender.Unacknowledged - Math.Max(_sender.MaxWindow, 1))
        {
            Challenge(now);
            return false;
        }

        if (State == ConnectionState.TimeWait)
        {
            return true;
        }

        bool newer = offset > _lastWindowUpdate.Sequence
            || (offset == _lastWindowUpdate.Sequence && acknowledged >= _lastWindowUpdate.Acknowledged);
        bool takesWindow = acknowledged >= _sender.Unacknowledged && newer;
        if (takesWindow)
        {
            // SND.WL1 and SND.WL2: an old segment must not bring back an old window.
            _lastWindowUpdate = (offset, acknowledged);
        }

        TakeAcknowledgment(now, segment, acknowledged, isSyn: false, takesWindow);
        AfterAcknowledgment(now);
        return State != ConnectionState.Closed;
    }

    private void TakeAcknowledgment(Instant now, in Segment segment, long acknowledged, bool isSyn, bool takesWindow = true)
    {
        _unansweredProbes = 0;
        long window = isSyn ? segment.Header.Window : (long)segment.Header.Window << _sender.WindowShift;
        bool changed = takesWindow && window != _sender.Window;
        if (takesWindow)
        {
            _sender.UpdateWindow(window);
        }

        if (_sender.Acknowledge(now, acknowledged, segment, changed, EchoAge(now, segment.Header)))
        {
            long released = _sender.Buffer.Release(_sender.Unacknowledged);
            if (released > 0)
            {
                _memory.SetUnacknowledged(_sender.Buffer.End - _sender.Buffer.Start);
                Statistics.BytesAcknowledged += released;
                _handler.OnAcknowledged(released);
            }

            RestartUserTimeout(now);
            StartOrphanTimeout(now);
        }
        else if (_sender.Window == 0)
        {
            // A peer that answers is alive, however long it has no room.
            RestartUserTimeout(now);
        }
    }

    private TimeSpan? EchoAge(Instant now, in SegmentHeader header)
    {
        if (!_timestamps || header.Options.Timestamps is not { Echo: not 0 } timestamps)
        {
            return null;
        }

        int age = unchecked((int)(TimestampAt(now) - timestamps.Echo));

        // A millisecond clock: less than a tick is taken as one.
        return age is >= 0 and < 600_000 ? TimeSpan.FromMilliseconds(Math.Max(1, age)) : null;
    }

    private void AfterAcknowledgment(Instant now)
    {
        if (!_sender.FinAcknowledged)
        {
            return;
        }

        switch (State)
        {
            case ConnectionState.FinWait1:
                State = ConnectionState.FinWait2;
                break;
            case ConnectionState.Closing:
                StartTimeWait(now);
                break;
            case ConnectionState.LastAck:
                End(Connections.CloseReason.Finished);
                break;
            default:
                break;
        }
    }
}
