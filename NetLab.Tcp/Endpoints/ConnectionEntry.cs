using NetLab.Tcp.Connections;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>A connection in its endpoint's table, and what the table has to remember of it.</summary>
internal sealed class ConnectionEntry(ConnectionKey key, Connection connection)
{
    public ConnectionKey Key { get; } = key;

    public Connection Connection { get; } = connection;

    /// <summary>Where a connection of a listener is on its way to the application.</summary>
    public EntryStage Stage { get; set; }

    /// <summary>The listener whose room it takes; null for an active one.</summary>
    public Listener? Listener { get; set; }

    /// <summary>Whether it waits for its turn to transmit.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The deadline under which it stands in the timer queue.</summary>
    public Instant ScheduledAt { get; set; } = Instant.Never;

    /// <summary>Whether it has left the table.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>The stages of a passive connection.</summary>
    public enum EntryStage
    {
        /// <summary>The application has it (an active one from the start).</summary>
        Accepted,

        /// <summary>Its handshake is under way.</summary>
        HalfOpen,

        /// <summary>Established, and waiting to be accepted.</summary>
        Waiting,
    }
}
