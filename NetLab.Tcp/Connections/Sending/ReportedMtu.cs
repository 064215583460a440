using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Recovery;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// What the network says of the path's MTU (RFC 1191, RFC 8201), which anybody may have made up. Before anything as large as a full segment has been
/// acknowledged a report is believed; afterwards it contradicts what has been seen, and is believed when the retransmission timer has expired and the
/// segment it is about is still outstanding (RFC 5927, 7.2).
/// </summary>
internal sealed class ReportedMtu(SendStream stream, PathMtu mtu, CongestionLimit congestion, LossRecovery recovery)
{
    private (long Start, int SegmentSize)? _waiting;

    /// <summary>A segment is said to have been too large.</summary>
    /// <param name="start">Its stream offset, which is outstanding.</param>
    /// <param name="segmentSize">The largest segment that would arrive, payload and options, in bytes.</param>
    public void OnReport(long start, int segmentSize)
    {
        if (segmentSize < mtu.SegmentSize && stream.SynAcknowledged)
        {
            _waiting = (start, segmentSize);
            if (stream.Unacknowledged <= mtu.PayloadLimit)
            {
                OnTimeout();
            }
        }
    }

    /// <summary>The retransmission timer has expired. Nobody is to blame but the size: what is out goes again in pieces, and the window stays.</summary>
    public void OnTimeout()
    {
        if (_waiting is not { } report)
        {
            return;
        }

        _waiting = null;
        if (report.Start >= stream.Unacknowledged && mtu.OnReported(report.SegmentSize))
        {
            congestion.OnSegmentSize(mtu.PayloadLimit);
            recovery.OnSegmentSize(mtu.PayloadLimit);
        }
    }
}
