using System.Buffers;
using NetLab.Tcp.Protocol;

namespace NetLab.Tcp.Simulation;

/// <summary>The application at one end of a simulated connection: it writes, reads, and remembers what it was told.</summary>
public sealed class SimulatedStream : IConnectionHandler
{
    private readonly List<byte> _received = [];
    private byte[] _written = [];
    private int _writtenLength;
    private int _acknowledged;
    private long _unread;

    /// <summary>Whether everything that arrives is read at once; otherwise <see cref="Read"/> reads.</summary>
    public bool ReadsAtOnce { get; set; } = true;

    /// <summary>Whether the handshake was completed.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>Whether the peer has said that it sends no more.</summary>
    public bool IsEndOfStream { get; private set; }

    /// <summary>Why the connection ended; null as long as it has not.</summary>
    public CloseReason? CloseReason { get; private set; }

    /// <summary>Everything received so far, in order.</summary>
    public IReadOnlyList<byte> Received => _received;

    /// <summary>Bytes written so far.</summary>
    public int Written => _writtenLength;

    /// <summary>Bytes of them that the peer has acknowledged.</summary>
    public int Acknowledged => _acknowledged;

    internal ConnectionEntry? Entry { get; set; }

    internal Action<ConnectionEntry>? Touch { get; set; }

    /// <summary>The machine this application talks to; null for the passive side before a SYN has come.</summary>
    public Connection? Connection => Entry?.Connection;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        byte[] grown = new byte[_writtenLength + bytes.Length];
        _written.AsSpan(0, _writtenLength).CopyTo(grown);
        bytes.CopyTo(grown.AsSpan(_writtenLength));
        (_written, _writtenLength) = (grown, grown.Length);
        Supply();
    }

    /// <summary>Reads some of what has arrived.</summary>
    /// <param name="bytes">How many; no more than have arrived and are unread.</param>
    public void Read(long bytes)
    {
        _unread -= bytes;
        Do(c => c.Consumed(bytes));
    }

    /// <summary>Bytes that have arrived and are unread.</summary>
    public long Unread => _unread;

    /// <summary>Does something to the connection, and lets the endpoint know that it may have something to send.</summary>
    public void Do(Action<Connection> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (Entry is { } entry)
        {
            action(entry.Connection);
            Touch?.Invoke(entry);
        }
    }

    void IConnectionHandler.OnEstablished() => IsEstablished = true;

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        _received.AddRange(bytes);
        if (ReadsAtOnce)
        {
            // Told at once, as a reader would that is never behind.
            Entry?.Connection.Consumed(bytes.Length);
        }
        else
        {
            _unread += bytes.Length;
        }
    }

    void IConnectionHandler.OnEndOfStream() => IsEndOfStream = true;

    void IConnectionHandler.OnAcknowledged(long bytes) => _acknowledged += (int)bytes;

    void IConnectionHandler.OnClosed(CloseReason reason) => CloseReason = reason;

    internal void Attach(ConnectionEntry entry, Action<ConnectionEntry> touch)
    {
        (Entry, Touch) = (entry, touch);
        Supply();
    }

    private void Supply() =>
        Do(c => c.Write(new ReadOnlySequence<byte>(_written, _acknowledged, _writtenLength - _acknowledged)));
}
