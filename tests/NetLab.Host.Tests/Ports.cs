using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Tests;

/// <summary>Ports for programs that cannot be asked for any.</summary>
internal static class Ports
{
    // Below those that systems hand out by themselves: nobody gets one of these in the moment between the look and its use. Which one is
    // a matter of chance, as other runs of the same tests look, too.
    private const int First = 12_000;
    private const int Last = 31_999;

    private static readonly HashSet<int> Given = [];

    /// <summary>A port that nobody has, of UDP and of TCP; never the same twice.</summary>
    public static int Free()
    {
        lock (Given)
        {
            while (true)
            {
                int port = Random.Shared.Next(First, Last + 1);
                if (IsFree(port, SocketType.Dgram, ProtocolType.Udp) && IsFree(port, SocketType.Stream, ProtocolType.Tcp) && Given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
