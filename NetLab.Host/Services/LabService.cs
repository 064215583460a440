namespace NetLab.Host.Services;

/// <summary>A service that the lab knows: what it is to be, and whether it runs.</summary>
/// <param name="definition">What it is to be.</param>
internal sealed class LabService(ServiceDefinition definition)
{
    /// <summary>What it is to be; of a relay whose link was changed, what it is now.</summary>
    public ServiceDefinition Definition { get; set; } = definition;

    /// <summary>The service itself; null while it is stopped.</summary>
    public IBoundService? Running { get; set; }

    /// <summary>Why it failed when it last ran; null if it did not.</summary>
    public string? Failure { get; set; }

    /// <summary>How often it was started again because it had failed.</summary>
    public int Restarts { get; set; }

    /// <summary>Where it listens, or is to listen.</summary>
    public string Address => Running?.BoundAddress.ToString() ?? Definition.Address;
}
