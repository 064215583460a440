namespace NetLab.Tcp.Events;

/// <summary>Which connection somebody is asked to observe.</summary>
/// <param name="LocalPort">Our TCP port.</param>
/// <param name="RemotePort">The peer's TCP port.</param>
/// <param name="IsPassive">Whether the peer opened it.</param>
public readonly record struct ObservedConnection(ushort LocalPort, ushort RemotePort, bool IsPassive);
