using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NetLab.Udp.Sockets;

/// <summary>What 64-bit Linux is asked to do with a socket's datagrams (setsockopt, getsockopt), by the numbers of asm-generic/socket.h and others.</summary>
internal static unsafe partial class LinuxSocketOptions
{
    private const int SolSocket = 1;
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int UdpGro = 104;
    private const int ForceReceiveBuffer = 33; // SO_RCVBUFFORCE
    private const int ReceiveStamps = 35; // SO_TIMESTAMPNS, and the control message it makes
    private const int ReceiveOverflow = 40; // SO_RXQ_OVFL, likewise
    private const int MemoryInfo = 55; // SO_MEMINFO
    private const int MemoryInfoDrops = 8; // SK_MEMINFO_DROPS of linux/sock_diag.h
    private const int SolIPv4 = 0;
    private const int ReceiveTypeOfService = 13; // IP_RECVTOS
    private const int SolIPv6 = 41;
    private const int ReceiveTrafficClass = 66; // IPV6_RECVTCLASS
    private const int ReceiveTimeToLive = 12; // IP_RECVTTL
    private const int ReceiveHopLimit = 51; // IPV6_RECVHOPLIMIT
    private const int MtuDiscoverIPv4 = 10; // IP_MTU_DISCOVER
    private const int MtuDiscoverIPv6 = 23; // IPV6_MTU_DISCOVER
    private const int MtuDiscoverProbe = 3; // IP_PMTUDISC_PROBE, IPV6_PMTUDISC_PROBE

    /// <summary>Asks the kernel to hand over datagrams of one sender together (Linux 5.0).</summary>
    /// <returns>Whether it will.</returns>
    public static bool TryEnableCoalescing(SafeSocketHandle socket)
    {
        int on = 1;
        return SetSocketOption(socket, SolUdp, UdpGro, &on, sizeof(int)) == 0;
    }

    /// <summary>Whether the kernel knows how to cut what is sent (Linux 4.18); one that does not would send it whole.</summary>
    public static bool CanSegment(SafeSocketHandle socket)
    {
        int off = 0;
        return SetSocketOption(socket, SolUdp, UdpSegment, &off, sizeof(int)) == 0;
    }

    /// <summary>Asks the kernel to say when it got each batch.</summary>
    /// <returns>Whether it will.</returns>
    public static bool TryEnableReceiveStamps(SafeSocketHandle socket) => TrySwitchOn(socket, ReceiveStamps);

    /// <summary>Asks the kernel to say with each batch how often the socket's buffer was too full.</summary>
    /// <returns>Whether it will.</returns>
    public static bool TryEnableDropCounts(SafeSocketHandle socket) => TrySwitchOn(socket, ReceiveOverflow);

    /// <summary>Asks the kernel to say with each batch what stood in its IP headers' ECN field.</summary>
    /// <returns>Whether it will.</returns>
    public static bool TryEnableEcn(SafeSocketHandle socket, bool isIPv6)
    {
        int on = 1;
        return SetSocketOption(socket, isIPv6 ? SolIPv6 : SolIPv4, isIPv6 ? ReceiveTrafficClass : ReceiveTypeOfService, &on, sizeof(int)) == 0;
    }

    /// <summary>Asks the kernel to say with each batch what stood in its IP headers' time to live or hop limit.</summary>
    /// <returns>Whether it will.</returns>
    public static bool TryEnableHopLimit(SafeSocketHandle socket, bool isIPv6)
    {
        int on = 1;
        return SetSocketOption(socket, isIPv6 ? SolIPv6 : SolIPv4, isIPv6 ? ReceiveHopLimit : ReceiveTimeToLive, &on, sizeof(int)) == 0;
    }

    /// <summary>Forbids everybody, this system too, to cut a datagram up; what routers say of sizes is not believed either.</summary>
    /// <returns>Whether it is heard.</returns>
    public static bool TryForbidFragments(SafeSocketHandle socket, bool isIPv6)
    {
        int probe = MtuDiscoverProbe;
        return SetSocketOption(socket, isIPv6 ? SolIPv6 : SolIPv4, isIPv6 ? MtuDiscoverIPv6 : MtuDiscoverIPv4, &probe, sizeof(int)) == 0;
    }

    /// <summary>Asks for a receive buffer beyond the limit for everybody, which takes the right to administer networks.</summary>
    /// <returns>Whether it was granted.</returns>
    public static bool TryForceReceiveBuffer(SafeSocketHandle socket, int size) =>
        SetSocketOption(socket, SolSocket, ForceReceiveBuffer, &size, sizeof(int)) == 0;

    /// <summary>How often, so far, the socket's buffer was too full (Linux 4.12).</summary>
    public static bool TryGetDrops(SafeSocketHandle socket, out uint drops)
    {
        uint* values = stackalloc uint[MemoryInfoDrops + 1];
        uint length = (MemoryInfoDrops + 1) * sizeof(uint);
        bool known = GetSocketOption(socket, SolSocket, MemoryInfo, values, &length) == 0 && length == (MemoryInfoDrops + 1) * sizeof(uint);
        drops = known ? values[MemoryInfoDrops] : 0;
        return known;
    }

    private static bool TrySwitchOn(SafeSocketHandle socket, int option)
    {
        int on = 1;
        return SetSocketOption(socket, SolSocket, option, &on, sizeof(int)) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeSocketHandle socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(SafeSocketHandle socket, int level, int name, void* value, uint* length);
}
