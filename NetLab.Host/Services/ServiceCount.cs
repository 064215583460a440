namespace NetLab.Host.Services;

/// <summary>One count of a service.</summary>
/// <param name="Name">Its name in JSON and Prometheus, in lower case with _ between words.</param>
/// <param name="Value">How much so far.</param>
internal readonly record struct ServiceCount(string Name, long Value);
