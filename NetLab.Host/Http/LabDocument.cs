namespace NetLab.Host.Http;

/// <summary>The lab: where things are.</summary>
internal sealed record LabDocument(string Version, string Services, string Runs, string Events, string Metrics, string OpenApi)
{
    /// <summary>What NetLab's TCP holds in memory.</summary>
    public required MemoryDocument Memory { get; init; }
}
