using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections;

/// <summary>What a connection is given at birth and cannot make up itself: the machine has no randomness.</summary>
/// <param name="LocalPort">Our TCP port.</param>
/// <param name="RemotePort">The peer's TCP port.</param>
/// <param name="InitialSequence">ISS (RFC 6528).</param>
/// <param name="TimestampOffset">Added to our timestamps, so that they do not tell how long the machine is up (RFC 7323, 5.4).</param>
public readonly record struct ConnectionIdentity(ushort LocalPort, ushort RemotePort, SequenceNumber InitialSequence, uint TimestampOffset);
