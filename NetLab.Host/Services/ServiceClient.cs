namespace NetLab.Host.Services;

/// <summary>A client of a service.</summary>
/// <param name="Client">Its address and port.</param>
/// <param name="Counts">What was done for it.</param>
internal sealed record ServiceClient(string Client, IReadOnlyList<ServiceCount> Counts);
