using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport.Quic;

/// <summary>The QUIC connections of a capture whose keys are kept.</summary>
internal sealed class QuicConnections
{
    public static readonly MemorySlot<QuicConnections> Slot = new(static () => new QuicConnections());

    // Keys of QUIC are memory outside of the heap; a handshake takes a few packets, not thousands.
    private const int MaxConnections = 4096;

    private readonly Queue<QuicConnection> _connections = new();

    /// <summary>A connection begins in a conversation.</summary>
    public QuicConnection Begin()
    {
        var connection = new QuicConnection();
        _connections.Enqueue(connection);
        if (_connections.Count > MaxConnections)
        {
            _connections.Dequeue().Forget();
        }

        return connection;
    }
}
