using System.Net.Sockets;

namespace NetLab.Host.Streams;

/// <summary>What the lab sets on the kernel's TCP sockets so that they give up when NetLab's do.</summary>
internal static class KernelSockets
{
    private const int TcpUserTimeout = 18; // linux/tcp.h

    /// <summary>Makes a silent peer an error after a time.</summary>
    public static void Watch(Socket socket, TimeSpan? timeout)
    {
        if (timeout is not { } limit)
        {
            return;
        }

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
