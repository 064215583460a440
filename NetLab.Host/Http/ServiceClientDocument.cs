namespace NetLab.Host.Http;

/// <summary>A client of a service.</summary>
internal sealed record ServiceClientDocument(string Client, IReadOnlyDictionary<string, long> Statistics);
