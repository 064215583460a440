using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport.Quic;

/// <summary>The QUIC connections of a capture whose keys are kept.</summary>
internal sealed class QuicConnections
{
    public static readonly MemorySlot<QuicConnections> Slot = new(static () => new QuicConnections());

    // Keys of QUIC are memory outside of the heap; a handshake takes a few packets, not thousands.
    private const int MaxConnections = 4096;

    // What is put together of all handshakes: a hello takes a few kilobytes, and is let go of when it is whole.
    private const long MaxBytes = 16 << 20;

    private readonly Queue<QuicConnection> _connections = new();
    private long _held;

    /// <summary>A connection begins in a conversation.</summary>
    public QuicConnection Begin()
    {
        var connection = new QuicConnection(this);
        _connections.Enqueue(connection);
        if (_connections.Count > MaxConnections)
        {
            _connections.Dequeue().Forget();
        }

        return connection;
    }

    /// <summary>A connection keeps so many bytes more; where all keep too many, those that began first let go of theirs.</summary>
    public void Hold(int bytes)
    {
        _held += bytes;
        while (_held > MaxBytes && _connections.TryDequeue(out QuicConnection? oldest))
        {
            oldest.Forget();
        }
    }

    /// <summary>A connection keeps so many bytes less.</summary>
    public void Release(int bytes) => _held -= bytes;
}
