using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>Segments that arrive together and only continue the stream: taken by a comparison of headers (<see cref="BulkReceive"/>) where nothing else could come of them.</summary>
internal sealed class BulkArrival(Connection connection, ConnectionParts parts, BulkReceive bulk, AcknowledgmentArrives acknowledgments)
{
    private readonly Sender _sender = parts.Sender;
    private readonly Receiver _receiver = parts.Receiver;
    private readonly KeepAlive _keepAlive = parts.KeepAlive;

    /// <summary>Takes as many of the datagrams behind one as continue it and nothing else.</summary>
    /// <param name="now">When the socket received them.</param>
    /// <param name="first">The datagram before them, which has just brought what was next.</param>
    /// <param name="rest">They, back to back.</param>
    /// <param name="ecn">The ECN field of their IP headers.</param>
    /// <returns>How many bytes of them were taken; whole datagrams of the first one's size, or the last, shorter one.</returns>
    public int Receive(Instant now, ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest, EcnCodepoint ecn)
    {
        // Only where the ACK field can say nothing: this side has nothing outstanding.
        if (connection.State != ConnectionState.Established || connection.Teardown.ClosedByApplication || _sender.HasUnacknowledged || ecn == EcnCodepoint.Ce)
        {
            return 0;
        }

        long unacknowledged = _sender.Stream.Unacknowledged;
        int taken = bulk.Receive(now, first, rest, _sender.Stream.Wrap(unacknowledged), ecn, out int last);
        if (taken > 0)
        {
            acknowledgments.NoteWindow(_receiver.Next - last, unacknowledged);
            _keepAlive.OnHeard(now, connection.State);
        }

        return taken;
    }
}
