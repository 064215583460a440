namespace NetLab.Udp.Devices;

/// <summary>A device is open already, here or in another process.</summary>
/// <param name="message">Which, in words.</param>
public sealed class DeviceBusyException(string message) : IOException(message);
