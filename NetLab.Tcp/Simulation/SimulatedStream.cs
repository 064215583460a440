using System.Buffers;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Simulation;

/// <summary>The application at one end of a simulated connection: it writes, reads, and remembers what it was told.</summary>
public sealed class SimulatedStream : IConnectionHandler
{
    private readonly List<byte> _received = [];

    // What is written and not acknowledged: from the first to the last, in memory that may hold older bytes before them.
    private byte[] _buffer = [];
    private int _first;
    private int _last;

    // The same, where all of it is zeros; then there is nothing in the memory.
    private long _zeros;
    private long _unread;

    /// <summary>Whether everything that arrives is read at once; otherwise <see cref="Read"/> reads.</summary>
    public bool ReadsAtOnce { get; set; } = true;

    /// <summary>Whether it says that it waits for room to write more; see <see cref="Connection.Write"/>.</summary>
    public bool MoreToCome { get; set; }

    /// <summary>Whether the handshake was completed.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>Whether the peer has said that it sends no more.</summary>
    public bool IsEndOfStream { get; private set; }

    /// <summary>Why the connection ended; null as long as it has not.</summary>
    public CloseReason? CloseReason { get; private set; }

    /// <summary>How often it was told that little of what it wrote is unsent.</summary>
    public int UnsentLowCount { get; private set; }

    /// <summary>Whether to remember what is received; an experiment on throughput may not want to.</summary>
    public bool KeepsReceived { get; set; } = true;

    /// <summary>Everything received so far, in order, as far as it was kept.</summary>
    public IReadOnlyList<byte> Received => _received;

    /// <summary>Bytes received so far.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Bytes of them that the peer has acknowledged.</summary>
    public long Acknowledged { get; private set; }

    internal ConnectionEntry? Entry { get; set; }

    internal Action<ConnectionEntry>? MarkReady { get; set; }

    /// <summary>The machine this application talks to; null for the passive side before a SYN has come.</summary>
    public Connection? Connection => Entry?.Connection;

    /// <summary>Writes bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_zeros > 0)
        {
            (_buffer, _first, _last, _zeros) = (new byte[_zeros + bytes.Length], 0, (int)_zeros, 0);
        }
        else if (_last + bytes.Length > _buffer.Length)
        {
            // The machine looks at the old memory until it is shown the new one: nothing in it moves.
            int kept = _last - _first;
            byte[] grown = new byte[Math.Max(2 * kept, kept + bytes.Length)];
            _buffer.AsSpan(_first, kept).CopyTo(grown);
            (_buffer, _first, _last) = (grown, 0, kept);
        }

        bytes.CopyTo(_buffer.AsSpan(_last));
        _last += bytes.Length;
        Written += bytes.Length;
        Supply();
    }

    /// <summary>Writes zeros, of which no copy is kept: for a long transfer whose bytes nobody looks at.</summary>
    /// <param name="count">How many, more than 0; no more than 512 MiB may be unacknowledged.</param>
    public void WriteZeros(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (_last > _first || _zeros + count > ZeroBytes.Max)
        {
            Write(new byte[count]);
            return;
        }

        _zeros += count;
        Written += count;
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
            MarkReady?.Invoke(entry);
        }
    }

    void IConnectionHandler.OnEstablished() => IsEstablished = true;

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        ReceivedBytes += bytes.Length;
        if (KeepsReceived)
        {
            _received.AddRange(bytes);
        }

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

    void IConnectionHandler.OnAcknowledged(long bytes)
    {
        (_zeros, _first) = _zeros > 0 ? (_zeros - bytes, _first) : (_zeros, _first + (int)bytes);
        Acknowledged += bytes;
    }

    void IConnectionHandler.OnUnsentLow() => UnsentLowCount++;

    void IConnectionHandler.OnClosed(CloseReason reason) => CloseReason = reason;

    internal void Attach(ConnectionEntry entry, Action<ConnectionEntry> markReady)
    {
        (Entry, MarkReady) = (entry, markReady);
        Supply();
    }

    private void Supply() =>
        Do(c => c.Write(_zeros > 0 ? ZeroBytes.Of(_zeros) : new ReadOnlySequence<byte>(_buffer, _first, _last - _first), MoreToCome));
}
