using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>How a connection ends: closed in order, broken off, or given up (RFC 9293, 3.6, 3.10.4 and 3.10.5).</summary>
internal sealed class Teardown(Connection connection, ConnectionOptions options, TimerTable timers, ConnectionParts parts, PendingResets resets)
{
    private readonly Sender _sender = parts.Sender;
    private readonly SendStream _stream = parts.Sender.Stream;
    private readonly Receiver _receiver = parts.Receiver;
    private readonly KeepAlive _keepAlive = parts.KeepAlive;

    /// <summary>Whether the application has closed it both ways.</summary>
    public bool ClosedByApplication { get; private set; }

    /// <summary>Whether bytes have come that the application has not read: closing is a reset then.</summary>
    public bool ClosingResets => _receiver.Unread > 0 || _receiver.HoldsUndelivered;

    private bool IsOver => connection.CloseReason is not null;

    /// <summary>A FIN follows what is written.</summary>
    public void ShutdownSend()
    {
        if (!_stream.FinQueued && !IsOver)
        {
            QueueFin();
        }
    }

    /// <summary>Closes both ways; see <see cref="Connection.Close"/>.</summary>
    public void Close(Instant now)
    {
        if (ClosedByApplication || IsOver)
        {
            return;
        }

        if (connection.State == ConnectionState.SynSent)
        {
            End(CloseReason.Cancelled);
            return;
        }

        if (ClosingResets)
        {
            Abort(CloseReason.Aborted);
            return;
        }

        ClosedByApplication = true;
        _receiver.StartDiscarding();
        ShutdownSend();
        StartOrphanTimeout(now);
    }

    /// <summary>Breaks it off: the peer gets a RST, if there is one to tell.</summary>
    public void Abort(CloseReason reason)
    {
        if (IsOver && connection.State != ConnectionState.TimeWait)
        {
            return;
        }

        // RFC 9293, 3.10.5: in SYN-SENT there is no one to tell, and once only the ACK of our FIN is missing there is
        // nothing to take back.
        bool needsNoReset = connection.State is ConnectionState.Closed or ConnectionState.SynSent or ConnectionState.TimeWait
            || (connection.State is ConnectionState.Closing or ConnectionState.LastAck && _stream.OnlyFinUnacknowledged && reason != CloseReason.TimedOut);
        if (!needsNoReset)
        {
            resets.Add(SegmentFlags.Rst | SegmentFlags.Ack, _stream.Wrap(_stream.AcceptableNext), _receiver.Acknowledgment);
        }

        End(reason);
    }

    /// <summary>It is over for the application, and for the machine unless it lingers in TIME-WAIT.</summary>
    public void End(CloseReason reason, ConnectionState state = ConnectionState.Closed)
    {
        connection.State = state;
        timers.Clear();
        _sender.Release();
        _receiver.Release();
        _keepAlive.ClearProbe();
        connection.OnEnded(reason);
    }

    /// <summary>
    /// The system reports that nobody listens at the peer. Before the handshake that is an answer (RFC 1122, 4.2.3.9);
    /// after it, anyone could have forged it (RFC 5927, 6) and the timers decide.
    /// </summary>
    public void OnUnreachable()
    {
        if (connection.State == ConnectionState.SynSent)
        {
            End(CloseReason.Refused);
        }
    }

    /// <summary>Answers a segment of another life of these ports: a RST with its own acknowledgment as the number (RFC 9293, 3.10.7.3).</summary>
    public void Reject(SequenceNumber acknowledgment) => resets.Add(SegmentFlags.Rst, acknowledgment, default);

    /// <summary>Nobody on this side is left to lose patience with a peer that keeps its window shut, or says no FIN: a timer does.</summary>
    public void StartOrphanTimeout(Instant now)
    {
        if (ClosedByApplication && connection.State != ConnectionState.TimeWait && !IsOver)
        {
            timers.Set(ConnectionTimer.TimeWait, now + options.OrphanTimeout);
        }
    }

    // RFC 9293, 3.10.4: the state changes with the call, the FIN leaves when what is written before it has left. Before
    // the handshake is done both wait for it.
    private void QueueFin()
    {
        _stream.QueueFin();
        connection.State = connection.State switch
        {
            ConnectionState.Established => ConnectionState.FinWait1,
            ConnectionState.CloseWait => ConnectionState.LastAck,
            var state => state,
        };
    }
}
