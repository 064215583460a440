using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Endpoints;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <content>The loop: the one thread that touches the machines and the socket.</content>
public sealed partial class TcpEndpoint
{
    private void Run()
    {
        Exception? failure = null;
        try
        {
            var readable = new List<DatagramSocket>();
            int turnsWithoutTimers = 0;
            while (true)
            {
                RunCommands();
                bool more = Receive();
                RunApplications();
                RunSignals();
                WarnOfOverflow();
                turnsWithoutTimers = more ? turnsWithoutTimers + 1 : 0;
                if (turnsWithoutTimers % MostTurnsWithoutTimers == 0)
                {
                    // What has arrived and not been looked at may be what a timer waits for.
                    Instant now = _clock.Now;
                    _demultiplexer.Timeout(now);
                    _trimAt = Pipes.Trim(now);
                }

                Transmit();
                if (IsDone())
                {
                    break;
                }

                if (!more && _scheduler.IsIdle && _signals.IsEmpty && _commands.IsEmpty && !KeepsLooking())
                {
                    _poller.Wait(UntilNextTimer(), readable, _blocked is null ? null : _socket);
                }
            }
        }
        catch (Exception error)
        {
            // Nobody else would hear of it: every connection and the owner are told.
            failure = error;
        }

        End(failure);
    }

    // Only while datagrams come quickly one after the other: who waits for one that may take long sleeps at once.
    private bool KeepsLooking() =>
        _isBrisk && _blocked is null && _clock.Now - _lastReceivedAt < _options.BusyPoll;

    private bool IsDone()
    {
        if (_lingersUntil is not { } until)
        {
            return false;
        }

        Instant now = _clock.Now;
        if (_connections.Count > 0 || _blocked is not null || !_commands.IsEmpty)
        {
            return now >= until;
        }

        // What is left is TIME-WAIT: long enough to repeat a last ACK that was lost, not the whole two MSL. After a RST the
        // same: a peer with a hole before it answers by a challenge ACK (RFC 5961, 3), and needs a second RST to believe.
        _quietUntil ??= now + QuietTime;
        return (_demultiplexer.Count == 0 && !_hasReset) || now >= _quietUntil;
    }

    // Said at once, and then no more often than anybody would read it.
    private void WarnOfOverflow()
    {
        long overflows = _demultiplexer.Statistics.BacklogOverflows;
        if (overflows != _overflowsSaid && _clock.Now - _overflowSaidAt >= OverflowPause)
        {
            TcpLog.BacklogFull(Logger, LocalEndPoint, overflows - _overflowsSaid);
            (_overflowsSaid, _overflowSaidAt) = (overflows, _clock.Now);
        }
    }

    private TimeSpan UntilNextTimer()
    {
        Instant next = Instant.Min(Instant.Min(_demultiplexer.NextTimeout, _trimAt), _quietUntil ?? _lingersUntil ?? Instant.Never);
        if (next == Instant.Never)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan wait = next - _clock.Now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void RunCommands()
    {
        while (_commands.TryDequeue(out Action? command))
        {
            command();
        }

        RunSignals();
    }

    // What one has written is sent before the next one writes: it is still in the processor's cache then. The others' acknowledgments wait
    // for their own applications, whose answers may carry them. What this makes wait in turn has to wait for the next time.
    private void RunApplications()
    {
        for (int left = _scheduler.Waiting; left > 0 && _scheduler.RunNext(); left--)
        {
            while (_signals.TryDequeue(out TcpConnection? connection))
            {
                connection.OnSignal();
                if (connection.Entry is { } entry)
                {
                    _demultiplexer.Touch(entry);
                    Transmit(entry);
                }
            }
        }
    }

    private void Transmit(ConnectionEntry entry)
    {
        while (_blocked is null && _demultiplexer.TryTransmit(_clock.Now, entry, _outgoing, DatagramSegments, out TransmitResult batch))
        {
            SendBatch(entry.Key.Peer, batch);
        }
    }

    private void RunSignals()
    {
        while (_signals.TryDequeue(out TcpConnection? connection))
        {
            connection.OnSignal();
            if (connection.Entry is { } entry)
            {
                _demultiplexer.Touch(entry);
            }
        }
    }

    private bool Receive()
    {
        if (_options.BusyPoll > TimeSpan.Zero && _moderation.IsTooEarly(_clock.Now))
        {
            return false;
        }

        bool mayBeAlone = _wasEmpty;
        for (int i = 0; i < TurnLength; i++)
        {
            DatagramReceiveStatus status = _socket.TryReceive(_received, out DatagramBatch batch);
            _wasEmpty = status == DatagramReceiveStatus.Empty;
            if (_wasEmpty)
            {
                if (_options.BusyPoll > TimeSpan.Zero && _socket.IsUncoalesced)
                {
                    _moderation.OnEmpty(_clock.Now);
                }

                FlushInputs();
                return false;
            }

            if (_options.BusyPoll > TimeSpan.Zero)
            {
                Instant now = _clock.Now;
                (_isBrisk, _lastReceivedAt) = (now - _lastReceivedAt < _options.BusyPoll, now);
                _moderation.OnReceived(now, batch.SegmentSize > 0 ? (batch.Length + batch.SegmentSize - 1) / batch.SegmentSize : 1);
            }

            if (status == DatagramReceiveStatus.Refused)
            {
                _demultiplexer.Refuse(_options.Remote is { } remote ? DatagramAddress.From(remote) : null);
                continue;
            }

            ReadOnlySpan<byte> datagrams = _received.AsSpan(0, batch.Length);
            if (_options.Tap is { } tap)
            {
                Show(tap, batch.ReceivedAt, datagrams, batch.SegmentSize, batch.From, sent: false);
            }

            _demultiplexer.ReceiveBatch(batch.ReceivedAt, batch.From, datagrams, Math.Max(1, batch.SegmentSize), batch.Ecn);
            if (mayBeAlone && batch.Length <= batch.SegmentSize)
            {
                // One datagram, where nothing was waiting before: it is answered before the socket is asked again, which costs as much
                // as to receive something.
                break;
            }

            mayBeAlone = false;
        }

        FlushInputs();
        return true;
    }

    // Readers are woken once a turn, not once a segment.
    private void FlushInputs()
    {
        foreach (ConnectionEntry entry in _demultiplexer.ReadyToSend)
        {
            if (entry.Connection.Handler is TcpConnection connection)
            {
                connection.FlushInput();
                connection.ReleaseLinger();
            }
        }
    }

    private void Transmit()
    {
        if (_blocked is { } blocked && !Send(blocked.To, blocked.Offset, blocked.Batch))
        {
            return;
        }

        _blocked = null;
        while (_demultiplexer.TryTransmit(_clock.Now, _outgoing, DatagramSegments, out DatagramAddress to, out TransmitResult batch))
        {
            if (!SendBatch(to, batch))
            {
                return;
            }
        }
    }

    private bool SendBatch(DatagramAddress to, TransmitResult batch)
    {
        if (_options.Tap is { } tap)
        {
            Show(tap, _clock.Now, _outgoing.AsSpan(0, batch.Bytes), batch.SegmentSize, to, sent: true);
        }

        return Send(to, 0, batch);
    }

    private static void Show(DatagramTap tap, Instant at, ReadOnlySpan<byte> datagrams, int segmentSize, DatagramAddress peer, bool sent)
    {
        do
        {
            ReadOnlySpan<byte> datagram = datagrams[..Math.Min(segmentSize, datagrams.Length)];
            tap(at, datagram, peer, sent);
            datagrams = datagrams[datagram.Length..];
        }
        while (!datagrams.IsEmpty);
    }

    private bool Send(DatagramAddress to, int offset, TransmitResult batch)
    {
        while (offset < batch.Bytes)
        {
            DatagramSendStatus status = _socket.TrySend(_outgoing.AsSpan(offset, batch.Bytes - offset), batch.SegmentSize, to, batch.Ecn, out int sent);
            offset += sent;
            if (status == DatagramSendStatus.Blocked)
            {
                _blocked = (to, offset, batch);
                return false;
            }

            if (status is DatagramSendStatus.Unreachable or DatagramSendStatus.TooLarge)
            {
                // Lost like any datagram on a bad path: retransmission and its limits deal with it.
                offset += Math.Min(batch.SegmentSize, batch.Bytes - offset);
            }
        }

        return true;
    }

    private void End(Exception? failure)
    {
        // From here on callers look for themselves; what they posted before is run, so that nobody waits for ever.
        _ended = true;
        try
        {
            RunCommands();
        }
        catch (Exception error)
        {
            // What ended the loop may still be waiting there, and must not keep the others from hearing of it.
            failure ??= error;
        }

        foreach (TcpConnection connection in _connections.ToList())
        {
            // Whoever is still here outstayed the linger: reset, so that the peer does not wait for its own timeout.
            connection.Entry?.Connection.Abort();
            if (connection.Entry is { } entry)
            {
                _demultiplexer.Touch(entry);
            }
        }

        if (failure is null)
        {
            Transmit();
        }

        foreach (TcpConnection connection in _connections.ToList())
        {
            connection.Fail(failure ?? new ObjectDisposedException(nameof(TcpEndpoint)));
        }

        // Who waited for a pipe learns of its end here or nowhere.
        _scheduler.End();
        if (!KeepsSocket)
        {
            _socket.Dispose();
        }

        _poller.Dispose();
        Pipes.Dispose();
        foreach (ConnectionEntry entry in _demultiplexer.Entries)
        {
            _options.Meter.Connections.Remove(entry.Connection.Statistics);
        }

        _options.Meter.Endpoints.Remove(Statistics);
        if (failure is null)
        {
            TcpLog.Closed(Logger, LocalEndPoint);
            _completion.TrySetResult();
        }
        else
        {
            TcpLog.Failed(Logger, LocalEndPoint, failure);
            _completion.TrySetException(failure);
        }
    }
}
