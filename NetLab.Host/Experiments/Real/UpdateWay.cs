namespace NetLab.Host.Experiments.Real;

/// <summary>How a client learns of changes.</summary>
internal enum UpdateWay
{
    /// <summary>It asks now and then.</summary>
    Polling,

    /// <summary>It asks, and the answer waits for the change.</summary>
    LongPolling,

    /// <summary>It reads a response that never ends.</summary>
    Events,

    /// <summary>It is told over a WebSocket.</summary>
    WebSocket,
}
