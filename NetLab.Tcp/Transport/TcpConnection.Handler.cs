using NetLab.Tcp.Protocol;

namespace NetLab.Tcp.Transport;

/// <content>What the machine tells; all of it on the loop.</content>
public sealed partial class TcpConnection
{
    void IConnectionHandler.OnEstablished()
    {
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
