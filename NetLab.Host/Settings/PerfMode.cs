namespace NetLab.Host.Settings;

/// <summary>What is measured.</summary>
internal enum PerfMode
{
    /// <summary>How much arrives in a time.</summary>
    Throughput,

    /// <summary>How long a small message takes there and back.</summary>
    Latency,

    /// <summary>How many connections are opened, used for one request and closed in a time.</summary>
    Connections,
}
