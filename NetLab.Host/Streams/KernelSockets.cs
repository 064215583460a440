using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NetLab.Host.Streams;

/// <summary>What the lab sets on the kernel's TCP sockets so that they give up when NetLab's do.</summary>
internal static partial class KernelSockets
{
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(24);

    private const int TcpUserTimeout = 18; // linux/tcp.h

    /// <summary>Bytes that were written and not acknowledged; null where the system does not say.</summary>
    public static unsafe long? Unacknowledged(Socket socket)
    {
        const nuint OutgoingQueue = 0x5411; // SIOCOUTQ of linux/sockios.h: TIOCOUTQ
        int waiting = 0;
        return OperatingSystem.IsLinux() && !socket.SafeHandle.IsClosed && Control(socket.SafeHandle, OutgoingQueue, &waiting) == 0 ? waiting : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Control(SafeSocketHandle socket, nuint request, int* value);

    /// <summary>Makes a silent peer an error after a time.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="timeout">How long a peer may be silent; null for as long as it answers when it is asked whether it is there.</param>
    /// <param name="keepAlive">When it is asked so where there is no time-out; null for never.</param>
    public static void Watch(Socket socket, TimeSpan? timeout, TimeSpan? keepAlive = null)
    {
        if (timeout is not { } limit)
        {
            if (keepAlive is { } idle)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Math.Max(1, (int)idle.TotalSeconds));
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, (int)idle.TotalSeconds / 4));
                socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            }

            return;
        }

        // What the system counts in seconds and milliseconds ends long before a TimeSpan does.
        limit = limit < MaxTimeout ? limit : MaxTimeout;

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        int third = Math.Max(1, (int)(limit.TotalSeconds / 3));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, third);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, third / 2));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes((int)limit.TotalMilliseconds));
        }
    }
}
