using NetLab.Tcp.Connections;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>The application's end of a connection: it writes zeros, counts what arrives, and remembers what it was told.</summary>
internal sealed class DrillStream : IConnectionHandler
{
    private ConnectionEntry? _entry;
    private Action<ConnectionEntry>? _touch;
    private long _acknowledged;

    // What the machine has been shown of what was written: all, but for the end of what is held back.
    private long _shown;

    /// <summary>The machine; null before there is one.</summary>
    public Connection? Connection => _entry?.Connection;

    /// <summary>The connection in its table; null before there is one.</summary>
    public ConnectionEntry? Entry => _entry;

    /// <summary>Whether the handshake was completed.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>Whether the peer sends no more.</summary>
    public bool IsEndOfStream { get; private set; }

    /// <summary>Why the connection ended; null as long as it has not.</summary>
    public CloseReason? Ended { get; private set; }

    /// <summary>Bytes that have arrived and are unread.</summary>
    public long Unread { get; private set; }

    /// <summary>Bytes received in all.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes written in all.</summary>
    public long Written { get; private set; }

    /// <summary>Bytes written and not acknowledged.</summary>
    public long Unacknowledged => Written - _acknowledged;

    /// <summary>Of them, those that the machine has sent.</summary>
    public long InFlight => _shown - _acknowledged - (Connection?.Unsent ?? 0);

    /// <summary>What sending waited for.</summary>
    public StreamLimits Limits { get; } = new();

    /// <summary>Whether everything written and the FIN behind it are acknowledged, or nothing will be any more.</summary>
    public bool IsFlushed => Ended is not null || Connection?.State is ConnectionState.FinWait2 or ConnectionState.TimeWait or ConnectionState.Closed;

    /// <summary>Whether what does not fill a segment is held back (TCP_CORK, TCP_NOPUSH).</summary>
    public bool IsCorked { get; set; }

    /// <summary>Writes zeros.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="moreToCome">Whether what does not fill a segment waits for the next call (MSG_MORE).</param>
    public void Write(long bytes, bool moreToCome = false)
    {
        Written += bytes;
        long payload = Math.Max(1, Connection?.Metrics.PayloadSize ?? 1);
        _shown = IsCorked || moreToCome ? _shown + ((Written - _shown) / payload * payload) : Written;
        Do(c => c.Write(ZeroBytes.Sequence(_shown - _acknowledged)));
    }

    /// <summary>Holds nothing back of what was written so far.</summary>
    public void Show()
    {
        if (_shown < Written)
        {
            _shown = Written;
            Do(c => c.Write(ZeroBytes.Sequence(_shown - _acknowledged)));
        }
    }

    /// <summary>Reads some of what is unread.</summary>
    public void Read(long bytes)
    {
        Unread -= bytes;
        Do(c => c.Consumed(bytes));
    }

    /// <summary>Does something to the connection, which may have something to send then.</summary>
    public void Do(Action<Connection> action)
    {
        if (_entry is { } entry)
        {
            action(entry.Connection);
            _touch?.Invoke(entry);
        }
    }

    void IConnectionHandler.OnEstablished() => IsEstablished = true;

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        Unread += bytes.Length;
        Received += bytes.Length;
    }

    void IConnectionHandler.OnEndOfStream() => IsEndOfStream = true;

    void IConnectionHandler.OnAcknowledged(long bytes) => _acknowledged += bytes;

    void IConnectionHandler.OnClosed(CloseReason reason) => Ended = reason;

    internal void Attach(ConnectionEntry entry, Action<ConnectionEntry> touch)
    {
        (_entry, _touch) = (entry, touch);
        if (Unacknowledged > 0)
        {
            Write(0);
        }
    }
}
