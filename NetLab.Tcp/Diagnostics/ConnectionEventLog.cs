using NetLab.Tcp.Events;

namespace NetLab.Tcp.Diagnostics;

/// <summary>The events of a connection kept in memory, the newest of them if there are too many.</summary>
/// <param name="capacity">How many to keep; at least 1.</param>
public sealed class ConnectionEventLog(int capacity = ConnectionEventLog.DefaultCapacity) : IConnectionObserver
{
    /// <summary>Some tens of megabytes: several seconds of a busy connection.</summary>
    public const int DefaultCapacity = 100_000;

    private readonly int _capacity = Math.Max(1, capacity);
    private readonly Queue<ConnectionEvent> _events = new();

    /// <summary>The events in the order in which they happened.</summary>
    public IReadOnlyCollection<ConnectionEvent> Events => _events;

    /// <summary>How many older ones were let go of.</summary>
    public long Forgotten { get; private set; }

    /// <summary>The events of one kind.</summary>
    public IEnumerable<ConnectionEvent> Of(ConnectionEventKind kind) => _events.Where(e => e.Kind == kind);

    /// <inheritdoc/>
    public void OnEvent(in ConnectionEvent happened)
    {
        if (_events.Count == _capacity)
        {
            _events.Dequeue();
            Forgotten++;
        }

        _events.Enqueue(happened);
    }
}
