using NetLab.Tcp.Counters;

namespace NetLab.Tcp.Events;

/// <summary>What changes all over a connection, and is compared with what was last told.</summary>
internal interface IObservedState
{
    /// <summary>Where the connection stands.</summary>
    ConnectionState State { get; }

    /// <summary>What it knows of the path and allows itself.</summary>
    ConnectionMetrics Metrics { get; }
}
