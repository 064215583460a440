using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Output;

/// <summary>
/// Whether the end of what is written waits until it makes a whole batch, if more is going to be written: a batch costs about the same however
/// much is in it. Only while another is on its way, of two segments at least, so that an acknowledgment comes at once and is not a
/// delayed one.
/// </summary>
internal sealed class BatchFill(Sender sender)
{
    // An acknowledgment that takes longer is not waited for: the path would be idle meanwhile.
    private static readonly TimeSpan ShortRoundTrip = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether the application waits for room to write more, as MSG_MORE says elsewhere.</summary>
    public bool MoreToCome { get; set; }

    /// <summary>Whether a segment, the first of its batch, waits.</summary>
    /// <param name="next">What it would carry.</param>
    /// <param name="room">Bytes that a batch may have.</param>
    /// <param name="maxSegments">Segments that a batch may have.</param>
    public bool HoldsBack(in NextSegment next, int room, int maxSegments)
    {
        if (!MoreToCome || sender.Stream.FinQueued || !next.IsNewData)
        {
            return false;
        }

        int batch = Math.Min(maxSegments, room / (SegmentHeader.MinSize + sender.SegmentSize)) * sender.FullLength;
        return sender.Stream.Unsent < batch && sender.InFlight >= Math.Max(batch, 2 * sender.FullLength) && sender.RoundTrip.Smoothed < ShortRoundTrip;
    }
}
