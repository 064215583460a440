using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Tests;

/// <summary>Ports for programs that cannot be asked for any.</summary>
internal static class Ports
{
    /// <summary>A UDP port that was free a moment ago.</summary>
    public static int Free()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
