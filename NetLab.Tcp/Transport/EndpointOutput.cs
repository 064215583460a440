using NetLab.Tcp.Carriers;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// An endpoint's way out: batches of segments from the machines to the carrier, in their order. A batch that it has no room for
/// is kept, and nothing is asked for before it has left. Used on the loop only.
/// </summary>
internal sealed class EndpointOutput(Carrier carrier, Demultiplexer demultiplexer, GuardedTap tap, MonotonicClock clock)
{
    // As many as a batch of the kernel may hold (UDP_MAX_SEGMENTS).
    private const int MaxSegments = 64;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.MaxDatagramSize);
    private (DatagramAddress To, ConnectionEntry? From, int Offset, TransmitResult Batch)? _blocked;

    /// <summary>Whether the socket's buffer is full.</summary>
    public bool IsBlocked => _blocked is not null;

    /// <summary>Sends what is ready, connection by connection, until nothing is left or the socket is full.</summary>
    public void Transmit()
    {
        if (_blocked is { } blocked)
        {
            _blocked = null;
            if (!Send(blocked.To, blocked.From, blocked.Offset, blocked.Batch))
            {
                return;
            }
        }

        while (demultiplexer.TryTransmit(clock.Now, _buffer, MaxSegments, out DatagramAddress to, out TransmitResult batch))
        {
            if (!Show(to, batch, demultiplexer.Transmitting))
            {
                return;
            }
        }
    }

    /// <summary>Sends what one connection has ready, out of its turn.</summary>
    public void Transmit(ConnectionEntry entry)
    {
        while (_blocked is null && demultiplexer.TryTransmit(clock.Now, entry, _buffer, MaxSegments, out TransmitResult batch))
        {
            Show(entry.Key.Peer, batch, entry);
        }
    }

    private bool Show(DatagramAddress to, TransmitResult batch, ConnectionEntry? from)
    {
        if (tap.IsWatching)
        {
            tap.Show(clock.Now, _buffer.AsSpan(0, batch.Bytes), batch.SegmentSize, to, sent: true);
        }

        return Send(to, from, 0, batch);
    }

    private bool Send(DatagramAddress to, ConnectionEntry? from, int offset, TransmitResult batch)
    {
        while (offset < batch.Bytes)
        {
            DatagramSendStatus status = carrier.TrySend(_buffer.AsSpan(offset, batch.Bytes - offset), batch.SegmentSize, to, batch.Ecn, out int sent);
            offset += sent;
            switch (status)
            {
                case DatagramSendStatus.Blocked:
                    _blocked = (to, from, offset, batch);
                    return false;
                case DatagramSendStatus.NoRoute:
                    // It never left this machine, and neither would the rest: the path is not to blame, and is asked again soon.
                    if (from is not null)
                    {
                        // Its timer may be due earlier than was planned.
                        from.Connection.OnNotSent(clock.Now);
                        demultiplexer.MarkReady(from);
                    }

                    return true;
                case DatagramSendStatus.Unreachable or DatagramSendStatus.TooLarge:
                    // Lost like any datagram on a bad path: retransmission and its limits deal with it.
                    offset += Math.Min(batch.SegmentSize, batch.Bytes - offset);
                    break;
            }
        }

        return true;
    }
}
