using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Output;

/// <summary>
/// Makes a segment of what both halves have to say: number and flags of the sending one, acknowledgment, window, SACK blocks and marks of the
/// receiving one, and timestamps.
/// </summary>
internal sealed class SegmentBuilder
{
    // 40 bytes of options hold four blocks, three beside timestamps (RFC 2018, 3).
    private const int MaxSackBlocks = SackBlocks.Capacity;

    private readonly ushort _localPort;
    private readonly ushort _remotePort;
    private readonly bool _isPassive;
    private readonly Sender _sender;
    private readonly SendStream _stream;
    private readonly Receiver _receiver;
    private readonly NegotiatedOptions _negotiated;
    private readonly TimestampClock _clock;
    private readonly EcnNegotiation _ecn;
    private readonly EcnDataReceiver _marks;

    public SegmentBuilder(
        ushort localPort,
        ushort remotePort,
        bool isPassive,
        Sender sender,
        Receiver receiver,
        NegotiatedOptions negotiated,
        TimestampClock clock,
        EcnNegotiation ecn,
        EcnDataReceiver marks)
    {
        (_localPort, _remotePort, _isPassive) = (localPort, remotePort, isPassive);
        (_sender, _stream, _receiver) = (sender, sender.Stream, receiver);
        (_negotiated, _clock, _ecn, _marks) = (negotiated, clock, ecn, marks);
    }

    private int BlockLimit => _negotiated.Timestamps ? MaxSackBlocks - 1 : MaxSackBlocks;

    /// <summary>Our SYN offers everything; a SYN_ACK only what the peer offered too (RFC 7323, 1.3).</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="isAnswer">Whether it is a SYN_ACK.</param>
    /// <param name="isFirst">Whether it has not been sent before.</param>
    public SegmentHeader Syn(Instant now, bool isAnswer, bool isFirst)
    {
        int timeouts = _sender.RoundTrip.Backoff;
        SegmentOptions options = _negotiated.OfSyn(isAnswer, _sender.Sack, TimestampsAt(now));
        if (isAnswer && isFirst)
        {
            // RFC 9768, 3.2.3.2: the SYN_ACK tests whether the path lets the option through; one that is sent again does without.
            // So many bytes more than came are the only ones that a peer gets who may not be there.
            options = WithMarks(options, SegmentHeader.MaxSize, isHandshake: true);
        }

        return new SegmentHeader
        {
            SourcePort = _localPort,
            DestinationPort = _remotePort,
            Sequence = _stream.Wrap(0),
            Acknowledgment = isAnswer ? _receiver.Acknowledgment : default,
            Flags = isAnswer ? SegmentFlags.Syn | SegmentFlags.Ack | _ecn.FlagsOfSynAck(timeouts) : SegmentFlags.Syn | _ecn.FlagsOfSyn(timeouts),
            Window = _receiver.AdvertiseWindow(isSyn: true),
            Options = options,
        };
    }

    /// <summary>A segment of the stream behind the SYN.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="next">What it carries.</param>
    /// <param name="reportsAll">Whether it says all that there is to acknowledge; what finds no room stays owed.</param>
    public SegmentHeader Data(Instant now, in NextSegment next, out bool reportsAll)
    {
        reportsAll = true;

        // SACK blocks ride along where the segment has room; where it has not, the acknowledgment owed stays owed.
        var options = new SegmentOptions { Timestamps = TimestampsAt(now) };
        if (_sender.Sack && _receiver.Policy.Owed > 0 && _receiver.HasBlocks)
        {
            int room = (_sender.SegmentSize - next.Length - (_negotiated.Timestamps ? SegmentTimestamps.OptionBytes : 0) - 4) / 8;
            reportsAll = room >= BlockLimit;
            if (reportsAll)
            {
                options = options with { Sack = _receiver.SackBlocks(BlockLimit) };
            }
        }

        bool isNewData = next is { Index: < 0, Length: > 0 };
        if (isNewData && _marks.Feedback == EcnFeedback.Accurate)
        {
            // RFC 9768, 3.2.3.2.1: the first data of a client tests the path once more. What finds no room stays to be told.
            int maxSize = Math.Min(SegmentHeader.MaxSize, SegmentHeader.MinSize + _sender.SegmentSize - next.Length);
            options = WithMarks(options, maxSize, isHandshake: next.Start == 1 && !_isPassive);
            reportsAll &= options.AccurateEcn is not null || !_marks.HasNews;
        }

        SegmentFlags flags = SegmentFlags.Ack | _marks.Flags;
        if (isNewData && _sender.Ecn.ReductionDue)
        {
            flags |= SegmentFlags.Cwr;
            _sender.Ecn.OnSentNew();
        }

        flags |= next.IsFin ? SegmentFlags.Fin : 0;
        flags |= next.IsPush ? SegmentFlags.Psh : 0;
        return new SegmentHeader
        {
            SourcePort = _localPort,
            DestinationPort = _remotePort,
            Sequence = _stream.Wrap(next.Start),
            Acknowledgment = _receiver.Acknowledgment,
            Flags = flags,
            Window = _receiver.AdvertiseWindow(isSyn: false),
            Options = options,
        };
    }

    /// <summary>An acknowledgment and nothing else.</summary>
    public SegmentHeader BareAcknowledgment(Instant now)
    {
        ushort window = _receiver.AdvertiseWindow(isSyn: false);
        bool reportsHandshake = _ecn.HandshakeReportDue;
        SegmentFlags bits = reportsHandshake ? _ecn.HandshakeFlags : _marks.Flags;
        var options = new SegmentOptions
        {
            Timestamps = TimestampsAt(now),
            Sack = _sender.Sack ? _receiver.SackBlocks(BlockLimit) : default,
        };
        if (_marks.Feedback == EcnFeedback.Accurate)
        {
            options = WithMarks(options, SegmentHeader.MaxSize, reportsHandshake);
        }

        _ecn.HandshakeReportDue = false;
        return new SegmentHeader
        {
            SourcePort = _localPort,
            DestinationPort = _remotePort,
            Sequence = _stream.Wrap(_stream.AcceptableNext),
            Acknowledgment = _receiver.Acknowledgment,
            Flags = SegmentFlags.Ack | bits,
            Window = window,
            Options = options,
        };
    }

    /// <summary>
    /// A RST: the one that ends the connection has its timestamp (RFC 7323, 3.2), which a peer may ask for before it believes it; one that answers
    /// a segment of another life of these ports has no part in what was agreed on here.
    /// </summary>
    public SegmentHeader Reset(Instant now, in SegmentHeader header) => (header.Flags & SegmentFlags.Ack) == 0 ? header
        : header with { Options = new SegmentOptions { Timestamps = TimestampsAt(now) } };

    /// <summary>A keep-alive probe: a number before the window, which the peer has to answer (RFC 9293, 3.8.4).</summary>
    public SegmentHeader KeepAliveProbe(Instant now) => BareAcknowledgment(now) with { Sequence = _stream.Wrap(_stream.Next - 1) };

    /// <summary>A segment with an acknowledgment leaves that says all there is.</summary>
    public void OnAcknowledgmentSent(in SegmentHeader header)
    {
        _receiver.Policy.OnSent();
        _marks.OnSent(header.Options.AccurateEcn);
        if (header.Options.Sack.Count > 0)
        {
            _receiver.OnReported();
        }
    }

    /// <summary>
    /// The ECN field of a segment's IP header: neither a SYN nor what is sent again nor a probe nor a bare acknowledgment may be marked
    /// (RFC 3168, 6.1.1 and 6.1.4 to 6.1.6).
    /// </summary>
    public EcnCodepoint EcnOf(in NextSegment next) =>
        next is { Index: < 0, Length: > 0, IsSyn: false, IsWindowProbe: false } ? EcnOfNewData : EcnCodepoint.NotEct;

    /// <summary>The same of new data.</summary>
    public EcnCodepoint EcnOfNewData => _ecn.MaySendEct ? EcnCodepoint.Ect0 : EcnCodepoint.NotEct;

    /// <summary>Writes a segment.</summary>
    /// <param name="segment">Where: as long as the header and the payload.</param>
    /// <param name="header">The header.</param>
    /// <param name="next">What it carries; nothing for a bare segment.</param>
    public void Write(Span<byte> segment, in SegmentHeader header, in NextSegment next)
    {
        ulong payloadSum = next.Length > 0 ? _stream.Buffer.CopyTo(next.Start, segment[^next.Length..]) : 0;
        SegmentWriter.Write(segment, header, payloadSum);
    }

    private SegmentTimestamps? TimestampsAt(Instant now) =>
        _negotiated.Timestamps ? new SegmentTimestamps(_clock.At(now), _receiver.RecentTimestamp) : null;

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
}
