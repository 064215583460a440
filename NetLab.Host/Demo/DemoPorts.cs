using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Demo;

/// <summary>
/// Free UDP ports that no protocol is registered on, so that whoever opens the recording in another tool sees our bytes
/// and not a guess at someone else's.
/// </summary>
internal static class DemoPorts
{
    // Above the ephemeral range of Linux (32768 to 60999) and above every port that tshark has a dissector for.
    private const int First = 61_000;
    private const int Last = 65_000;

    /// <summary>A port that is free now.</summary>
    public static int Next()
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            int port = Random.Shared.Next(First, Last);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }

        return 0;
    }
}
