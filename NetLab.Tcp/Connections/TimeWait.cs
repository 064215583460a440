using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>TIME-WAIT (RFC 9293, 3.6.1): how long it lasts, and what may end it earlier.</summary>
internal sealed class TimeWait(Connection connection, ConnectionOptions options, TimerTable timers, Receiver receiver, NegotiatedOptions negotiated)
{
    /// <summary>Lets the peer's segments of this connection die out before its ports are used again: from now on, for two MSL.</summary>
    public void Start(Instant now)
    {
        connection.Teardown.End(CloseReason.Finished, ConnectionState.TimeWait);
        timers.Set(ConnectionTimer.TimeWait, now + (2 * options.MaxSegmentLifetime));
    }

    /// <summary>
    /// Whether a SYN begins a new connection: by its timestamp if both sides use them (RFC 6191, 2), else by a number beyond everything the
    /// old one has seen (RFC 9293, 3.6.1).
    /// </summary>
    public bool MayBeReplacedBy(in Segment segment)
    {
        SegmentHeader header = segment.Header;
        if (connection.State != ConnectionState.TimeWait || !header.Has(SegmentFlags.Syn) || header.Has(SegmentFlags.Ack) || header.Has(SegmentFlags.Rst))
        {
            return false;
        }

        bool isBeyond = header.Sequence.DistanceFrom(receiver.Acknowledgment) > 0;
        if (!negotiated.Timestamps || header.Options.Timestamps is not { } timestamps)
        {
            return isBeyond;
        }

        int newer = unchecked((int)(timestamps.Value - receiver.RecentTimestamp));
        return newer > 0 || (newer == 0 && isBeyond);
    }
}
