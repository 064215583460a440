using NetLab.Tcp.Connections;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <content>Segments of no connection: they open one, are answered by a cookie or a RST, or are dropped.</content>
internal sealed partial class Demultiplexer
{
    private void ReceiveFromStranger(Instant now, in ConnectionKey key, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        bool isSyn = header.Has(SegmentFlags.Syn) && !header.Has(SegmentFlags.Ack) && !header.Has(SegmentFlags.Rst);
        if (_listener is { } listener && isSyn)
        {
            if (_memory.IsExhausted)
            {
                // A connection that can take nothing in is of no use; the peer asks again.
                _memory.OnConnectionRefused();
                return;
            }

            if (listener.HasRoom)
            {
                Admit(now, listener, key, segment, secrets.IdentityFor(now, key));
            }
            else
            {
                Statistics.BacklogOverflows++;
                SendCookie(now, listener, key, segment);
            }

            return;
        }

        if (_listener is not null && IsCookie(now, key, segment))
        {
            return;
        }

        Reset(now, key, segment);
    }

    private ConnectionEntry Admit(Instant now, Listener listener, in ConnectionKey key, in Segment syn, ConnectionIdentity identity)
    {
        ConnectionEntry entry = Add(key, Connection.Accept(now, listener.Options, listener.Welcome(key.Peer), identity, syn, _memory));
        entry.Stage = ConnectionEntry.EntryStage.HalfOpen;
        entry.Listener = listener;
        listener.HalfOpen++;
        return entry;
    }

    // Nothing is kept of the SYN; if even an established connection would find no room, the peer may as well ask again later.
    private void SendCookie(Instant now, Listener listener, in ConnectionKey key, in Segment syn)
    {
        if (!listener.HasRoomForEstablished || _answers.Count >= MaxStrangerReplies)
        {
            return;
        }

        SegmentOptions offered = syn.Header.Options;
        ConnectionOptions ours = listener.Options;
        bool stamps = ours.Timestamps && offered.Timestamps is not null;

        // Without timestamps there is no place to remember scale and SACK in.
        bool scales = stamps && ours.WindowScaling && offered.WindowScale is not null;
        bool sacks = stamps && ours.Sack && offered.SackPermitted;
        SegmentOptions remembered = offered with { WindowScale = scales ? offered.WindowScale : null, SackPermitted = sacks };
        var options = new SegmentOptions
        {
            MaxSegmentSize = ours.MaxSegmentSize,
            WindowScale = scales ? Connections.Receiving.Receiver.ShiftFor(ours) : null,
            SackPermitted = sacks,
            Timestamps = stamps
                ? new SegmentTimestamps(SynCookies.TimestampFor(secrets.TimestampAt(now, key), remembered), offered.Timestamps!.Value.Value)
                : null,
        };
        Statistics.CookiesSent++;
        _answers.Enqueue((key.Peer, new SegmentHeader
        {
            SourcePort = key.LocalPort,
            DestinationPort = key.RemotePort,
            Sequence = _cookies.SequenceFor(now, key, syn),
            Acknowledgment = syn.Header.Sequence.Add(1),
            Flags = SegmentFlags.Syn | SegmentFlags.Ack,
            Window = (ushort)Math.Min(ours.ReceiveBufferSize, ushort.MaxValue),
            Options = Connection.FitInto(options, SegmentWriter.SizeOf(offered) + syn.Payload.Length),
        }));
    }

    private bool IsCookie(Instant now, in ConnectionKey key, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        if (!header.Has(SegmentFlags.Ack) || header.Has(SegmentFlags.Syn) || header.Has(SegmentFlags.Rst) || !_cookies.AreOut(now)
            || _listener is not { HasRoomForEstablished: true } listener || !_cookies.TryRestore(now, key, segment, out SegmentHeader syn))
        {
            return false;
        }

        Statistics.CookiesAccepted++;
        ConnectionIdentity identity = secrets.IdentityFor(now, key) with { InitialSequence = header.Acknowledgment.Add(-1) };
        ConnectionEntry entry = Admit(now, listener, key, new Segment(syn, default), identity);
        entry.Connection.AssumeSynSent(now);
        entry.Connection.Receive(now, segment);
        return true;
    }

    private void Reset(Instant now, in ConnectionKey key, in Segment segment)
    {
        // RFC 9293, 3.10.7.1 and 3.10.7.2: a RST is never answered; LISTEN also drops what has neither SYN nor ACK.
        SegmentHeader header = segment.Header;
        bool hasAck = header.Has(SegmentFlags.Ack);
        if (header.Has(SegmentFlags.Rst) || (_listener is not null && !hasAck))
        {
            Statistics.Unmatched++;
            return;
        }

        if (_answers.Count >= MaxStrangerReplies || !_budget.TryTake(now, key.Peer))
        {
            Statistics.Suppressed++;
            return;
        }

        Statistics.ResetsSent++;
        _answers.Enqueue((key.Peer, new SegmentHeader
        {
            SourcePort = key.LocalPort,
            DestinationPort = key.RemotePort,
            Sequence = hasAck ? header.Acknowledgment : default,
            Acknowledgment = hasAck ? default : header.Sequence.Add(segment.SequenceLength),
            Flags = hasAck ? SegmentFlags.Rst : SegmentFlags.Rst | SegmentFlags.Ack,
        }));
    }
}
