using NetLab.Tcp.Connections;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <content>What the machine tells; all of it on the loop.</content>
public sealed partial class TcpConnection
{
    void IConnectionHandler.OnEstablished()
    {
        Instant now = _endpoint.Now;
        _establishedAt = now;
        _endpoint.Options.Meter.OnEstablished(IsPassive, now - _openedAt);
        if (Entry?.Connection is { } connection)
        {
            TcpLog.Established(_endpoint.Logger, _endpoint.LocalEndPoint, connection.LocalPort, connection.RemotePort, RemoteEndPoint, now - _openedAt);
        }

        if (_endpoint.Options.UnsafePreferInlineScheduling)
        {
            // Not from within the machine: somebody's code may go on from here.
            _endpoint.ApplicationScheduler.Schedule(static connection => ((TcpConnection)connection!).Announce(), this);
        }
        else
        {
            Announce();
        }
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (!_inputCompleted)
        {
            _input.Write(bytes);
        }
    }

    void IConnectionHandler.OnEndOfStream()
    {
        FlushInput();
        _inputEnded = true;
        _input.Complete();
    }

    void IConnectionHandler.OnAcknowledged(long bytes)
    {
        if (_reading is { } read)
        {
            SequencePosition position = read.Buffer.GetPosition(bytes);
            _reading = null;
            _output.Reader.AdvanceTo(position);
            ReadOutput();
        }

        SettleAcknowledged();
    }

    void IConnectionHandler.OnUnsentLow() => _gate?.Open();

    void IConnectionHandler.OnClosed(CloseReason reason) => End(reason, reason == CloseReason.Finished ? null : ErrorFor(reason));

    // Whoever counts or writes down connections hears of its end.
    private void Report(CloseReason reason)
    {
        TimeSpan since = _endpoint.Now - (_establishedAt ?? _openedAt);
        if (_establishedAt is null)
        {
            _endpoint.Options.Meter.OnFailed(IsPassive, reason, since);
            TcpLog.NotEstablished(_endpoint.Logger, _endpoint.LocalEndPoint, RemoteEndPoint, reason);
            return;
        }

        _endpoint.Options.Meter.OnEnded(IsPassive, reason, since);
        if (Entry?.Connection is { } connection)
        {
            ConnectionStatistics done = connection.Statistics;
            TcpLog.Ended(
                _endpoint.Logger, _endpoint.LocalEndPoint, connection.LocalPort, connection.RemotePort, RemoteEndPoint, reason, done.BytesSent, done.BytesReceived, done.Retransmissions);
        }
    }

    private void FailHandshake(Exception why)
    {
        if (_established.TrySetException(why))
        {
            // Observed here: a passive connection has nobody who awaits its handshake.
            _ = _established.Task.Exception;
        }
    }

    private void Announce()
    {
        _established.TrySetResult();
        if (AcceptQueue is { } queue && !queue.TryWrite(this))
        {
            // The listener closed while the handshake was under way.
            Abort();
        }
    }
}
