namespace NetLab.Cluster.Security;

/// <summary>Why connections were refused, for the line that says why a cluster was not reached. Thread-safe.</summary>
internal sealed class ConnectionFaults
{
    private volatile string? _last;

    /// <summary>The last reason; null if there was none.</summary>
    public string? Last => _last;

    /// <summary>Notes a reason.</summary>
    public void Add(string reason) => _last = reason;
}
