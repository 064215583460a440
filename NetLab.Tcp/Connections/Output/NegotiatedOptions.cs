using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Output;

/// <summary>
/// Which options our segments have: a SYN offers everything, a SYN_ACK answers what was offered, and later segments have what both
/// offered (RFC 7323, 1.3; RFC 2018, 2).
/// </summary>
/// <param name="options">What this side offers.</param>
internal sealed class NegotiatedOptions(ConnectionOptions options)
{
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
    /// <param name="offered">What it offers.</param>
    /// <returns>Whether windows are scaled, and selective acknowledgments in use.</returns>
    public (bool Scales, bool Sack) Accept(in SegmentOptions offered)
    {
        _scales = options.WindowScaling && offered.WindowScale is not null;
        Timestamps = options.Timestamps && offered.Timestamps is not null;
        return (_scales, options.Sack && offered.SackPermitted);
    }

    /// <summary>The options of our SYN, or of a SYN_ACK, which answers only what was offered.</summary>
    public SegmentOptions OfSyn(bool isAnswer, bool sack, SegmentTimestamps? timestamps) => FitInto(
        new SegmentOptions
        {
            MaxSegmentSize = options.TellsSegmentSize ? options.MaxSegmentSize : null,
            WindowScale = (isAnswer ? _scales : options.WindowScaling) ? Receiver.ShiftFor(options) : null,
            SackPermitted = isAnswer ? sack : options.Sack,
            Timestamps = timestamps,
        },
        AnswerLimit);

    /// <summary>Options without the one that a peer can do without, if they would make a segment larger than a size.</summary>
    public static SegmentOptions FitInto(SegmentOptions options, int size) =>
        SegmentWriter.SizeOf(options) <= size ? options : options with { MaxSegmentSize = null };
}
