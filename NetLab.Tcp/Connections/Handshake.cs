using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// What the ends agree on with their SYNs: segment sizes, window scaling, selective acknowledgments and timestamps, each used only if
/// both offer it (RFC 7323, 1.3; RFC 2018, 2).
/// </summary>
/// <param name="options">What this side offers.</param>
internal sealed class Handshake(ConnectionOptions options)
{
    /// <summary>Bytes that timestamps take in every segment: 10 and two no-operations in front (RFC 7323, appendix A).</summary>
    public const int TimestampOptionBytes = 12;

    // What a passive side scales only if the peer does.
    private bool _scales;

    /// <summary>Whether segments carry timestamps.</summary>
    public bool Timestamps { get; private set; }

    /// <summary>
    /// Bytes a SYN_ACK may have at most: the size of the SYN, as a peer that may not be there gets no more than came.
    /// </summary>
    public int AnswerLimit { get; set; } = int.MaxValue;

    /// <summary>Opens actively: everything is offered.</summary>
    public void Offer() => Timestamps = options.Timestamps;

    /// <summary>The peer's SYN or SYN_ACK arrived: what both offer is in use from now on.</summary>
    public void Accept(Instant now, in SegmentHeader syn, Sender sender, Receiver receiver)
    {
        SegmentOptions offered = syn.Options;
        receiver.Synchronize(syn.Sequence);
        sender.Sack = options.Sack && offered.SackPermitted;
        _scales = options.WindowScaling && offered.WindowScale is not null;
        if (_scales)
        {
            // RFC 7323, 2.3: a shift above 14 is taken as 14.
            sender.WindowShift = Math.Min(offered.WindowScale!.Value, 14);
            receiver.WindowShift = Receiver.ShiftFor(options);
        }

        Timestamps = options.Timestamps && offered.Timestamps is not null;
        if (Timestamps)
        {
            sender.FixedOptionBytes = TimestampOptionBytes;
            receiver.StartTimestamps(offered.Timestamps!.Value.Value, now);
        }

        sender.NegotiateSegmentSize(offered.MaxSegmentSize);
        sender.UpdateWindow(syn.Window);
    }

    /// <summary>The options of our SYN, or of a SYN_ACK, which answers only what was offered.</summary>
    public SegmentOptions OptionsOf(bool isAnswer, bool sack, SegmentTimestamps? timestamps) => FitInto(
        new SegmentOptions
        {
            MaxSegmentSize = options.MaxSegmentSize,
            WindowScale = (isAnswer ? _scales : options.WindowScaling) ? Receiver.ShiftFor(options) : null,
            SackPermitted = isAnswer ? sack : options.Sack,
            Timestamps = timestamps,
        },
        AnswerLimit);

    /// <summary>Options without the one that a peer can do without, if they would make a segment larger than a size.</summary>
    public static SegmentOptions FitInto(SegmentOptions options, int size) =>
        SegmentWriter.SizeOf(options) <= size ? options : options with { MaxSegmentSize = null };
}
