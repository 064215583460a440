namespace NetLab.Host.Services;

/// <summary>One count of a service.</summary>
/// <param name="Name">Its name in JSON and Prometheus, in lower case with _ between words.</param>
/// <param name="Value">How much so far.</param>
internal readonly record struct ServiceCount(string Name, long Value)
{
    /// <summary>Whether it is how much there is now, and may fall; otherwise it only grows.</summary>
    public bool IsLevel { get; init; }

    /// <summary>The backend that it is about; null for the service as a whole.</summary>
    public string? Backend { get; init; }
}
