namespace NetLab.Host.Http;

/// <summary>The lab: where things are.</summary>
internal sealed record LabDocument(string Version, string Services, string Runs, string Metrics);
