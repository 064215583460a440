using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace NetLab.Host.Experiments.Real;

/// <summary>What Linux tells of one of its TCP sockets (TCP_INFO, as ss -ti prints it), and takes.</summary>
internal static class KernelTcp
{
    private const string AvailableFile = "/proc/sys/net/ipv4/tcp_available_congestion_control";

    // linux/tcp.h.
    private const int CongestionControl = 13; // TCP_CONGESTION
    private const int Information = 11; // TCP_INFO
    private const int InformationSize = 104;
    private const int RoundTripAt = 68; // tcpi_rtt
    private const int ThresholdAt = 76; // tcpi_snd_ssthresh
    private const int WindowAt = 80; // tcpi_snd_cwnd
    private const int RetransmissionsAt = 100; // tcpi_total_retrans
    private const uint UnknownThreshold = 0x7FFF_FFFF; // TCP_INFINITE_SSTHRESH

    /// <summary>Whether this kernel has a congestion control.</summary>
    /// <param name="name">Its name of it.</param>
    public static bool Has(string name) => File.Exists(AvailableFile) && File.ReadAllText(AvailableFile).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Contains(name);

    /// <summary>Sets the congestion control.</summary>
    /// <exception cref="IOException">The kernel has none of the name.</exception>
    public static void SetCongestion(Socket socket, string? name)
    {
        if (name is null)
        {
            return;
        }

        try
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, CongestionControl, Encoding.ASCII.GetBytes(name));
        }
        catch (SocketException)
        {
            throw new IOException($"this kernel has no congestion control '{name}'");
        }
    }

    /// <summary>What is known of a connection: windows in segments, the round trip in milliseconds.</summary>
    public static (double Window, double Threshold, double RoundTrip, long Retransmissions) Read(Socket socket)
    {
        Span<byte> info = stackalloc byte[InformationSize];
        if (socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, Information, info) < InformationSize)
        {
            return default;
        }

        uint threshold = MemoryMarshal.Read<uint>(info[ThresholdAt..]);
        return (MemoryMarshal.Read<uint>(info[WindowAt..]), threshold >= UnknownThreshold ? 0 : threshold, MemoryMarshal.Read<uint>(info[RoundTripAt..]) / 1e3, MemoryMarshal.Read<uint>(info[RetransmissionsAt..]));
    }
}
