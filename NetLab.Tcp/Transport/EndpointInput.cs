using NetLab.Tcp.Carriers;
using NetLab.Tcp.Endpoints;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>
/// An endpoint's way in: batches of segments from the carrier to the machines, a few a turn, and whether the loop polls or sleeps in between.
/// Used on the loop only.
/// </summary>
internal sealed class EndpointInput(
    Carrier carrier, Demultiplexer demultiplexer, GuardedTap tap, MonotonicClock clock, TcpEndpointOptions options)
{
    // How many batches are taken before the others get a turn: applications, acknowledgments, timers. Each holds up to 64 KiB; with
    // many more, a sender that fills the window waits while the receiver works, and the receiver while the sender does.
    private const int TurnLength = 4;

    // How many lone datagrams in a row are answered one by one: more of them are a stream.
    private const int MaxAlone = 4;

    private readonly ReceiveModeration _moderation = new();
    private readonly bool _polls = options.BusyPoll > TimeSpan.Zero;
    private Instant _lastReceivedAt;
    private bool _isBrisk;
    private int _aloneInARow;

    /// <summary>
    /// Whether the loop goes on asking instead of sleeping. Only while datagrams come quickly one after the other: a loop that waits for
    /// one that may take long sleeps at once.
    /// </summary>
    public bool KeepsLooking() => _isBrisk && clock.Now - _lastReceivedAt < options.BusyPoll;

    /// <summary>Takes a turn.</summary>
    /// <returns>Whether more may be waiting.</returns>
    public bool Receive()
    {
        if (_polls && _moderation.IsTooEarly(clock.Now))
        {
            return false;
        }

        if (carrier.HasWaiting)
        {
            // It came with the wait: nothing did before.
            _aloneInARow = 0;
        }

        bool mayBeAlone = _aloneInARow < MaxAlone && !carrier.IsUncoalesced;
        bool more = true;
        for (int i = 0; i < TurnLength && more; i++)
        {
            DatagramReceiveStatus status = carrier.TryReceive(out ReadOnlySpan<byte> segments, out DatagramBatch batch);
            if (status == DatagramReceiveStatus.Empty)
            {
                _aloneInARow = 0;
                OnEmpty();
                more = false;
                continue;
            }

            if (_polls)
            {
                OnArrival(batch);
            }

            if (status == DatagramReceiveStatus.Refused)
            {
                carrier.Report(clock.Now, demultiplexer);
                continue;
            }

            tap.Show(batch.ReceivedAt, segments, batch.SegmentSize, batch.From, sent: false);
            demultiplexer.ReceiveBatch(batch.ReceivedAt, batch.From, segments, Math.Max(1, batch.SegmentSize), batch.Ecn);
            if (mayBeAlone && batch.Length <= batch.SegmentSize)
            {
                // One datagram, where nothing else need be waiting: it is answered before the socket is asked again, which costs as much
                // as to receive something.
                _aloneInARow++;

                // A loop that sleeps is told by its wait whether there is more, and may have it from there.
                more = _polls;
                break;
            }

            mayBeAlone = false;
        }

        FlushInputs();
        return more;
    }

    private void OnEmpty()
    {
        if (_polls && carrier.IsUncoalesced)
        {
            _moderation.OnEmpty(clock.Now);
        }
    }

    private void OnArrival(in DatagramBatch batch)
    {
        Instant now = clock.Now;
        (_isBrisk, _lastReceivedAt) = (now - _lastReceivedAt < options.BusyPoll, now);
        _moderation.OnReceived(now, batch.SegmentSize > 0 ? (batch.Length + batch.SegmentSize - 1) / batch.SegmentSize : 1);
    }

    // Readers are woken once a turn, not once a segment.
    private void FlushInputs()
    {
        foreach (ConnectionEntry entry in demultiplexer.ReadyToSend)
        {
            if (entry.Connection.Handler is TcpConnection connection)
            {
                connection.FlushInput();
                connection.ReleaseLinger();
            }
        }
    }
}
