using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Endpoints;

/// <summary>What tells connections of one socket apart: the peer's UDP address and both TCP ports.</summary>
/// <param name="Peer">The peer's address and UDP port.</param>
/// <param name="RemotePort">Its TCP port.</param>
/// <param name="LocalPort">Ours.</param>
internal readonly record struct ConnectionKey(DatagramAddress Peer, ushort RemotePort, ushort LocalPort);
