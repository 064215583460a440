using System.Net;

namespace NetLab.Tcp.Transport;

/// <summary>
/// An address of NetLab's TCP, where addresses of several transports may stand side by side: a server that listens on both knows
/// by the type which of them is meant.
/// </summary>
/// <param name="address">The IP address.</param>
/// <param name="port">The UDP port; 0 lets the system choose.</param>
public sealed class TcpOverUdpEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
