using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// What the network reports on segments of a connection (ICMP). Anybody may have made it up: what is about no segment that is out is nothing (RFC 5927, 4.1),
/// and what is about one ends nothing that is open (6).
/// </summary>
internal sealed class PathErrors(Connection connection, Sender sender)
{
    /// <summary>The network reports on a segment.</summary>
    /// <param name="now">When.</param>
    /// <param name="kind">What it says.</param>
    /// <param name="sequence">The segment's number.</param>
    /// <param name="segmentSize">The largest segment that would arrive, payload and options, in bytes.</param>
    /// <returns>Whether the segment is out, so that it may be true; of no effect if not.</returns>
    public bool OnReport(Instant now, PathErrorKind kind, SequenceNumber sequence, int segmentSize)
    {
        long start = sender.Stream.Unwrap(sequence);
        if (connection.CloseReason is not null || start < sender.Stream.Unacknowledged || start >= sender.Stream.Next)
        {
            return false;
        }

        connection.Observation?.Begin(now);
        connection.Statistics.PathErrors++;
        switch (kind)
        {
            case PathErrorKind.TooLarge:
                sender.ReportedMtu.OnReport(start, segmentSize);
                break;
            case PathErrorKind.Refused:
                connection.Teardown.OnUnreachable();
                break;
            default:
                // RFC 1122, 4.2.3.9: it may pass, and the timers decide (RFC 5461, 2.2).
                break;
        }

        connection.Observation?.NotifyChanges();
        return true;
    }
}
