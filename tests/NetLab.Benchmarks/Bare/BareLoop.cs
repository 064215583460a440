using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NetLab.Benchmarks.Bare;

/// <summary>
/// sendmsg and recvmsg with UDP_SEGMENT and UDP_GRO in a loop, and nothing else: no header, no check, no statistics. What
/// the datagram floor is measured against.
/// </summary>
internal static unsafe partial class BareLoop
{
    private const int SolUdp = 17; // linux/udp.h
    private const int UdpSegment = 103;
    private const int UdpGro = 104;
    private const int SolSocket = 1; // asm-generic/socket.h
    private const int ForceReceiveBuffer = 33;
    private const int BatchSize = 65_507;

    /// <summary>Receives until nothing comes for a second; prints its port, and then bits a second between first and last batch.</summary>
    public static void Receive(int receiveBuffer)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Set(socket, SolUdp, UdpGro, 1);
        socket.ReceiveBufferSize = receiveBuffer;
        Set(socket, SolSocket, ForceReceiveBuffer, receiveBuffer);
        socket.ReceiveTimeout = 1000;
        Console.WriteLine(((IPEndPoint)socket.LocalEndPoint!).Port);
        byte* buffer = (byte*)NativeMemory.AlignedAlloc(BatchSize + 1, 4096);
        byte* control = stackalloc byte[64];
        var piece = new IoVector { Base = buffer, Length = BatchSize + 1 };
        var message = new MessageHeader { Pieces = &piece, PieceCount = 1, Control = control };
        (long bytes, long first, long last) = (0, 0, 0);
        bool warm = false;
        while (true)
        {
            message.ControlLength = 64;
            nint length = ReceiveMessage(socket.SafeHandle, &message, 0);
            if (length < 0 && bytes > 0)
            {
                break;
            }

            long now = Stopwatch.GetTimestamp();
            if (length > 0 && !warm)
            {
                // The first second is warm-up, as in nlab perf.
                first = first == 0 ? now : first;
                warm = Stopwatch.GetElapsedTime(first, now) > TimeSpan.FromSeconds(1);
                first = warm ? now : first;
            }
            else if (length > 0)
            {
                bytes += length;
                last = now;
            }
        }

        Console.WriteLine(8 * bytes / Stopwatch.GetElapsedTime(first, last).TotalSeconds);
        NativeMemory.AlignedFree(buffer);
    }

    /// <summary>Sends flat out for a time.</summary>
    public static void Send(int port, int segmentSize, TimeSpan time)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        int length = Math.Min(64, BatchSize / segmentSize) * segmentSize;
        byte* buffer = (byte*)NativeMemory.AlignedAlloc((nuint)length, 4096);
        NativeMemory.Fill(buffer, (nuint)length, 0x5A);
        byte* control = stackalloc byte[24];
        *(nuint*)control = 16 + sizeof(ushort);
        *(int*)(control + 8) = SolUdp;
        *(int*)(control + 12) = UdpSegment;
        *(ushort*)(control + 16) = (ushort)segmentSize;
        var piece = new IoVector { Base = buffer, Length = (nuint)length };
        var message = new MessageHeader { Pieces = &piece, PieceCount = 1, Control = control, ControlLength = 24 };
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            SendMessage(socket.SafeHandle, &message, 0);
        }

        NativeMemory.AlignedFree(buffer);
    }

    private static void Set(Socket socket, int level, int name, int value) => SetSocketOption(socket.SafeHandle, level, name, &value, sizeof(int));

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeSocketHandle socket, int level, int name, void* value, uint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
