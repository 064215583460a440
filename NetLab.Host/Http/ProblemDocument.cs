namespace NetLab.Host.Http;

/// <summary>A problem as it is written.</summary>
internal sealed record ProblemDocument(int Status, string Title, string? Detail);
