namespace NetLab.Host.Services;

/// <summary>What is asked for cannot be beside what there is.</summary>
internal sealed class ServiceConflictException(string message) : Exception(message);
