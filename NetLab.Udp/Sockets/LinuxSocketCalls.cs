using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace NetLab.Udp.Sockets;

/// <summary>
/// The Linux system calls that carry many datagrams at once: sendmsg with UDP_SEGMENT (GSO), recvmsg with UDP_GRO, and
/// ppoll. Layouts are those of 64-bit Linux; elsewhere <see cref="IsSupported"/> is false.
/// </summary>
internal static unsafe partial class LinuxSocketCalls
{
    /// <summary>UDP_MAX_SEGMENTS of linux/udp.h: so many datagrams a call at most.</summary>
    public const int MaxSegments = 64;

    // linux/udp.h, asm-generic/socket.h, asm-generic/errno.h.
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int UdpGro = 104;
    private const int MessageDontWait = 0x40;
    private const int ControlHeaderSize = 16;
    private const int ControlSize = 64;

    /// <summary>Whether these calls exist here.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <summary>Asks the kernel to hand over datagrams of one sender together (Linux 5.0).</summary>
    /// <returns>Whether it will.</returns>
    public static bool TryEnableCoalescing(SafeSocketHandle socket)
    {
        int on = 1;
        return SetSocketOption(socket, SolUdp, UdpGro, &on, sizeof(int)) == 0;
    }

    /// <summary>Receives what is waiting, without waiting.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="address">Receives the sender, as a sockaddr; at least 28 bytes.</param>
    /// <param name="segmentSize">Bytes of each datagram but the last.</param>
    /// <param name="error">0, or the errno.</param>
    /// <returns>Bytes received; 0 with an error.</returns>
    public static int Receive(SafeSocketHandle socket, Span<byte> buffer, Span<byte> address, out int segmentSize, out int error)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* bytes = buffer)
        fixed (byte* name = address)
        {
            var piece = new IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)address.Length,
                Pieces = &piece,
                PieceCount = 1,
                Control = control,
                ControlLength = ControlSize,
            };
            nint received = ReceiveMessage(socket, &message, MessageDontWait);
            error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
            segmentSize = received < 0 ? 0 : (int)received;
            byte* value = received > 0 ? FindControl(message, UdpGro) : null;
            if (value is not null && *(int*)value is > 0 and var size)
            {
                segmentSize = Math.Min(size, (int)received);
            }

            return Math.Max(0, (int)received);
        }
    }

    /// <summary>Sends datagrams of one size, the last may be shorter, in one call.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="bytes">They, back to back.</param>
    /// <param name="segmentSize">Bytes of each but the last.</param>
    /// <param name="address">The receiver as a sockaddr; empty for a connected socket's peer.</param>
    /// <returns>0, or the errno.</returns>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, int segmentSize, ReadOnlySpan<byte> address)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* data = bytes)
        fixed (byte* name = address)
        {
            var piece = new IoVector { Base = data, Length = (nuint)bytes.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)address.Length,
                Pieces = &piece,
                PieceCount = 1,
            };
            if (bytes.Length > segmentSize)
            {
                message.Control = control;
                message.ControlLength = ControlHeaderSize + 8;
                *(nuint*)control = ControlHeaderSize + sizeof(ushort);
                *(int*)(control + 8) = SolUdp;
                *(int*)(control + 12) = UdpSegment;
                *(ushort*)(control + ControlHeaderSize) = (ushort)segmentSize;
            }

            return SendMessage(socket, &message, MessageDontWait) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Waits until one of the descriptors is ready or the time is over.</summary>
    /// <param name="descriptors">What to wait for; receives what happened.</param>
    /// <param name="timeout">How long; negative for ever.</param>
    public static void Poll(Span<PollDescriptor> descriptors, TimeSpan timeout)
    {
        var time = new TimeSpec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * 100,
        };
        fixed (PollDescriptor* first = descriptors)
        {
            if (PollDescriptors(first, (nuint)descriptors.Length, timeout < TimeSpan.Zero ? null : &time, null) < 0)
            {
                // EINTR and the like: nothing is known to be ready, the caller looks at its clock and comes again.
                foreach (ref PollDescriptor descriptor in descriptors)
                {
                    descriptor.Happened = 0;
                }
            }
        }
    }

    private static byte* FindControl(in MessageHeader message, int type)
    {
        byte* at = (byte*)message.Control;
        byte* end = at + message.ControlLength;
        while (at + ControlHeaderSize <= end)
        {
            nuint length = *(nuint*)at;
            if (length < ControlHeaderSize || at + length > end)
            {
                return null;
            }

            if (*(int*)(at + 8) == SolUdp && *(int*)(at + 12) == type && length >= ControlHeaderSize + sizeof(int))
            {
                return at + ControlHeaderSize;
            }

            // CMSG_ALIGN: to the size of a word.
            at += (length + 7) & ~(nuint)7;
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(SafeSocketHandle socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollDescriptors(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        /// <summary>POLLIN: there is something to read.</summary>
        public const short Readable = 1;

        /// <summary>POLLOUT: there is room to write.</summary>
        public const short Writable = 4;

        /// <summary>The descriptor.</summary>
        public int Descriptor;

        /// <summary>What is waited for.</summary>
        public short Wanted;

        /// <summary>What happened; errors too, whether wanted or not.</summary>
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

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
