using NetLab.Host.Settings;

namespace NetLab.Host.Streams;

/// <summary>Somebody else listens there.</summary>
internal sealed class AddressTakenException(string message) : UsageException(message);
