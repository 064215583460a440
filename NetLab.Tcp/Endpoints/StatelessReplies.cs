using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>
/// Answers to segments of no connection, of which nothing is kept: a SYN cookie where the backlog is full, a RST otherwise. How many
/// wait at once is bounded, and how many RSTs there are a second.
/// </summary>
/// <param name="secrets">Where numbers that nobody can guess come from.</param>
/// <param name="resetsPerSecond">How many RSTs a second, on average.</param>
/// <param name="statistics">Where it is counted what was done.</param>
internal sealed class StatelessReplies(EndpointSecrets secrets, int resetsPerSecond, DemultiplexerStatistics statistics)
{
    // A flood of such segments gets no flood of answers.
    private const int MaxWaiting = 64;

    private readonly Queue<(DatagramAddress To, SegmentHeader Reply)> _waiting = new();
    private readonly SynCookies _cookies = new(secrets);
    private readonly ReplyBudget _budget = new(resetsPerSecond, secrets);

    /// <summary>Takes the next answer to be sent.</summary>
    public bool TryTake(out DatagramAddress to, out SegmentHeader reply)
    {
        bool any = _waiting.TryDequeue(out (DatagramAddress To, SegmentHeader Reply) next);
        (to, reply) = next;
        return any;
    }

    /// <summary>Answers a SYN without keeping anything of it (RFC 4987, 3.6).</summary>
    public void AddCookie(Instant now, ConnectionOptions ours, in ConnectionKey key, in Segment syn)
    {
        if (_waiting.Count >= MaxWaiting || (ours.Without & Ablations.SynCookies) != 0)
        {
            return;
        }

        SegmentOptions offered = syn.Header.Options;
        bool stamps = ours.Timestamps && offered.Timestamps is not null;

        // Without timestamps there is no place to remember scale and SACK in.
        bool scales = stamps && ours.WindowScaling && offered.WindowScale is not null;
        bool sacks = stamps && ours.Sack && offered.SackPermitted;
        SegmentOptions remembered = offered with { WindowScale = scales ? offered.WindowScale : null, SackPermitted = sacks };
        var options = new SegmentOptions
        {
            MaxSegmentSize = ours.MaxSegmentSize,
            WindowScale = scales ? Receiver.ShiftFor(ours) : null,
            SackPermitted = sacks,
            Timestamps = stamps
                ? new SegmentTimestamps(SynCookies.TimestampFor(secrets.TimestampAt(now, key), remembered), offered.Timestamps!.Value.Value)
                : null,
        };
        statistics.CookiesSent++;
        _waiting.Enqueue((key.Peer, new SegmentHeader
        {
            SourcePort = key.LocalPort,
            DestinationPort = key.RemotePort,
            Sequence = _cookies.SequenceFor(now, key, syn),
            Acknowledgment = syn.Header.Sequence.Add(1),
            Flags = SegmentFlags.Syn | SegmentFlags.Ack,
            Window = (ushort)Math.Min(ours.ReceiveBufferSize, ushort.MaxValue),
            Options = NegotiatedOptions.FitInto(options, SegmentWriter.SizeOf(offered) + syn.Payload.Length),
        }));
    }

    /// <summary>Reads the SYN that a cookie was the answer to out of the ACK that brings it back.</summary>
    /// <returns>False for anything that brings back none of ours.</returns>
    public bool TryRestoreSyn(Instant now, in ConnectionKey key, in Segment acknowledgment, out SegmentHeader syn)
    {
        SegmentHeader header = acknowledgment.Header;
        syn = default;
        return header.Has(SegmentFlags.Ack) && !header.Has(SegmentFlags.Syn) && !header.Has(SegmentFlags.Rst)
            && _cookies.AreOut(now) && _cookies.TryRestore(now, key, acknowledgment, out syn);
    }

    /// <summary>Answers a segment by a RST, if it is one that is answered and the budget allows it.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="key">Its addresses and ports.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="isListening">Whether there is a listener that it might have been meant for.</param>
    public void AddReset(Instant now, in ConnectionKey key, in Segment segment, bool isListening)
    {
        // RFC 9293, 3.10.7.1 and 3.10.7.2: a RST is never answered; LISTEN also drops what has neither SYN nor ACK.
        SegmentHeader header = segment.Header;
        bool hasAck = header.Has(SegmentFlags.Ack);
        if (header.Has(SegmentFlags.Rst) || (isListening && !hasAck))
        {
            statistics.Unmatched++;
            return;
        }

        if (_waiting.Count >= MaxWaiting || !_budget.TryTake(now, key.Peer))
        {
            statistics.Suppressed++;
            return;
        }

        statistics.ResetsSent++;
        _waiting.Enqueue((key.Peer, new SegmentHeader
        {
            SourcePort = key.LocalPort,
            DestinationPort = key.RemotePort,
            Sequence = hasAck ? header.Acknowledgment : default,
            Acknowledgment = hasAck ? default : header.Sequence.Add(segment.SequenceLength),
            Flags = hasAck ? SegmentFlags.Rst : SegmentFlags.Rst | SegmentFlags.Ack,
        }));
    }
}
